package dev.parley.node.config;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Writes a configuration as YAML with all defaults filled in.
final class ConfigPrinter {
    /// Texts that YAML reads as a text without quotes.
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9_./:-]*[A-Za-z0-9_/]");

    /// Words that YAML reads as something else.
    private static final Set<String> RESERVED = Set.of("null", "true", "false", "yes", "no", "on", "off");

    private final String source;
    private final Map<String, Place> places;
    private final StringBuilder yaml = new StringBuilder();

    ConfigPrinter(String source, Map<String, Place> places) {
        this.source = source;
        this.places = places;
    }

    String print(NodeConfig config) {
        section(config, "", "");
        return yaml.toString();
    }

    private void section(Record section, String path, String indent) {
        String lead = indent;
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            String key = Keys.key(component);
            entry(lead, key, Keys.join(path, key), value(section, component));
            lead = indent.replace('-', ' ');
        }
    }

    private void entry(String indent, String key, String path, Object value) {
        switch (value) {
            case Record nested
            when Keys.isSection(nested.getClass()) -> {
                yaml.append(indent).append(key).append(":\n");
                section(nested, path, indent.replace('-', ' ') + "  ");
            }
            case List<?> items -> list(indent, key, path, items);
            case Optional<?> optional -> optional.ifPresent(inner -> entry(indent, key, path, inner));
            default -> line(indent + key + ": " + text(value), path);
        }
    }

    private void list(String indent, String key, String path, List<?> items) {
        if (items.isEmpty()) {
            line(indent + key + ": []", path);
            return;
        }
        line(indent + key + ":", path);
        String inner = indent.replace('-', ' ');
        for (int index = 0; index < items.size(); index++) {
            Object item = items.get(index);
            if (item instanceof Record nested && Keys.isSection(nested.getClass())) {
                section(nested, path + "[" + index + "]", inner + "  - ");
            } else {
                yaml.append(inner).append("  - ").append(text(item)).append('\n');
            }
        }
    }

    private void line(String text, String path) {
        Place place = places.getOrDefault(path, ConfigBinder.DEFAULT);
        yaml.append(text);
        if (!place.source().equals(source)) {
            yaml.append("  # ").append(place);
        }
        yaml.append('\n');
    }

    private static String text(Object value) {
        String text = ScalarType.print(value);
        boolean bare = value instanceof Number
                || value instanceof Boolean
                || value instanceof Duration
                || (PLAIN.matcher(text).matches() && !RESERVED.contains(text.toLowerCase(Locale.ROOT)));
        return bare ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static Object value(Record section, RecordComponent component) {
        try {
            return component.getAccessor().invoke(section);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a configuration record cannot be read: " + component, e);
        }
    }
}
