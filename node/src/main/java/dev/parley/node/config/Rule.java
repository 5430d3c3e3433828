package dev.parley.node.config;

import java.lang.reflect.RecordComponent;

/// A component's [Setting], or what holds without one.
record Rule(String byDefault, long min, long max, String pattern) {
    static final Rule NONE = new Rule("", 0, Long.MAX_VALUE, "");

    static Rule of(RecordComponent component) {
        Setting setting = component.getAnnotation(Setting.class);
        return setting == null ? NONE : new Rule(setting.byDefault(), setting.min(), setting.max(), setting.pattern());
    }
}
