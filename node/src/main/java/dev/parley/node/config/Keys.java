package dev.parley.node.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How components of the configuration records are called outside.
final class Keys {
    private Keys() {}

    /// The key of a component: `dataDir` is `data-dir`.
    static String key(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /// The keys of a section in the order of its record.
    static List<String> of(Class<?> section) {
        return Arrays.stream(section.getRecordComponents()).map(Keys::key).toList();
    }

    static String join(String section, String key) {
        return section.isEmpty() ? key : section + "." + key;
    }

    /// The variable that overrides a key: `http.allow-plain-text` is `PARLEY_HTTP_ALLOW_PLAIN_TEXT`.
    static String variable(String path) {
        return "PARLEY_" + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /// Whether a type is a section of keys, and not a value that happens to be a record.
    static boolean isSection(Class<?> type) {
        return type.isRecord() && type.getEnclosingClass() == NodeConfig.class;
    }

    /// What a list or an optional holds.
    static Class<?> elementType(RecordComponent component) {
        return (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
    }
}
