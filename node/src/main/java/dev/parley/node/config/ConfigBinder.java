package dev.parley.node.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes the records of [NodeConfig] out of YAML, environment and defaults, and remembers where each value was written.
///
/// The records are the only list of keys: a new component is a new key, with its variable, checks and place in
/// `config print`.
final class ConfigBinder {
    static final Place DEFAULT = Place.whole("default");

    private final Path folder;
    private final Map<String, String> environment;
    private final Map<String, Place> places = new LinkedHashMap<>();

    /// Binds what one file says.
    ///
    /// @param folder what relative paths are relative to
    ConfigBinder(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = Map.copyOf(environment);
    }

    NodeConfig bind(YamlNode root) {
        return (NodeConfig) section(NodeConfig.class, "", root);
    }

    /// Where each key was written, by its path such as `cluster.nodes[0].host`; a default has [#DEFAULT].
    Map<String, Place> places() {
        return Map.copyOf(places);
    }

    private Record section(Class<?> type, String path, YamlNode node) {
        YamlNode.Mapping mapping = switch (node) {
            case YamlNode.Mapping written -> written;
            case YamlNode.Empty empty -> new YamlNode.Mapping(Map.of(), Map.of(), empty.place());
            case YamlNode.Scalar _, YamlNode.Sequence _ ->
                throw node.place()
                        .error("%s must be a section with the keys %s, but is %s."
                                .formatted(
                                        path.isEmpty() ? "the file" : path,
                                        String.join(", ", Keys.of(type)),
                                        node.kind()));
        };
        places.put(path, mapping.place());
        refuseUnknownKeys(type, path, mapping);
        Object[] values = Arrays.stream(type.getRecordComponents())
                .map(component -> component(component, path, mapping))
                .toArray();
        return construct(type, values);
    }

    private static void refuseUnknownKeys(Class<?> type, String path, YamlNode.Mapping mapping) {
        List<String> known = Keys.of(type);
        for (String key : mapping.entries().keySet()) {
            if (!known.contains(key)) {
                String hint = KeySuggestion.nearest(key, known)
                        .map(meant -> "did you mean " + Keys.join(path, meant) + "?")
                        .orElseGet(() -> "the keys here are " + String.join(", ", known) + ".");
                Place place = mapping.keys().getOrDefault(key, mapping.place());
                throw place.error("unknown key " + Keys.join(path, key) + "; " + hint);
            }
        }
    }

    private Object component(RecordComponent component, String section, YamlNode.Mapping mapping) {
        String key = Keys.key(component);
        String path = Keys.join(section, key);
        YamlNode written = mapping.entries().get(key);
        Class<?> type = component.getType();
        if (Keys.isSection(type)) {
            return section(type, path, written == null ? new YamlNode.Empty(mapping.place()) : written);
        }
        if (type == Optional.class && Keys.isSection(Keys.elementType(component))) {
            return written == null && !hasVariables(path)
                    ? Optional.empty()
                    : Optional.of(section(
                            Keys.elementType(component),
                            path,
                            written == null ? new YamlNode.Empty(mapping.place()) : written));
        }
        YamlNode node = overridden(path, type).orElse(written);
        if (node != null) {
            places.put(
                    path,
                    node instanceof YamlNode.Scalar
                            ? node.place()
                            : mapping.keys().getOrDefault(key, node.place()));
        }
        if (type == List.class) {
            return list(component, path, node, mapping.place());
        }
        if (type == Optional.class) {
            return node == null
                    ? Optional.empty()
                    : Optional.of(scalar(Keys.elementType(component), Rule.of(component), path, node));
        }
        return node == null
                ? byDefault(component, path, mapping.place())
                : scalar(type, Rule.of(component), path, node);
    }

    /// What the environment says for a key. An empty variable says nothing; items of lists have no variables.
    private Optional<YamlNode> overridden(String path, Class<?> type) {
        if (path.contains("[")) {
            return Optional.empty();
        }
        String variable = Keys.variable(path);
        String text = environment.getOrDefault(variable, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String source = "environment variable " + variable;
        return Optional.of(
                type == List.class ? YamlReader.read(text, source) : new YamlNode.Scalar(text, Place.whole(source)));
    }

    /// Whether the environment says anything for a section.
    private boolean hasVariables(String section) {
        String beginning = Keys.variable(section) + "_";
        return environment.entrySet().stream()
                .anyMatch(variable -> variable.getKey().startsWith(beginning)
                        && !variable.getValue().isEmpty());
    }

    private List<Object> list(RecordComponent component, String path, @Nullable YamlNode node, Place section) {
        Rule rule = Rule.of(component);
        Class<?> itemType = Keys.elementType(component);
        List<YamlNode> items = switch (node) {
            case null -> List.of();
            case YamlNode.Empty _ -> List.of();
            case YamlNode.Sequence sequence -> sequence.items();
            case YamlNode.Scalar _, YamlNode.Mapping _ ->
                throw node.place().error("%s must be a list, but is %s.".formatted(path, node.kind()));
        };
        if (items.size() < rule.min() || items.size() > rule.max()) {
            Place place = node == null ? section : node.place();
            throw place.error(
                    "%s must have %d to %d items, but has %d.".formatted(path, rule.min(), rule.max(), items.size()));
        }
        List<Object> values = new ArrayList<>();
        for (int index = 0; index < items.size(); index++) {
            String itemPath = path + "[" + index + "]";
            values.add(
                    Keys.isSection(itemType)
                            ? section(itemType, itemPath, items.get(index))
                            : scalar(itemType, Rule.NONE, itemPath, items.get(index)));
        }
        return values;
    }

    private Object byDefault(RecordComponent component, String path, Place section) {
        Rule rule = Rule.of(component);
        if (rule.byDefault().isEmpty()) {
            throw section.error("%s is missing; give %s."
                    .formatted(path, ScalarType.of(component.getType()).allowed(component.getType(), rule)));
        }
        places.put(path, DEFAULT);
        return scalar(component.getType(), rule, path, new YamlNode.Scalar(rule.byDefault(), DEFAULT));
    }

    private Object scalar(Class<?> type, Rule rule, String path, YamlNode node) {
        ScalarType scalar = ScalarType.of(type);
        Object value = switch (node) {
            case YamlNode.Scalar written ->
                scalar.parse(written.text(), type, rule)
                        .orElseThrow(() -> node.place()
                                .error("%s must be %s, but is \"%s\"."
                                        .formatted(path, scalar.allowed(type, rule), written.text())));
            case YamlNode.Empty _ ->
                throw node.place()
                        .error("%s has no value; give %s, or remove the key."
                                .formatted(path, scalar.allowed(type, rule)));
            case YamlNode.Mapping _, YamlNode.Sequence _ ->
                throw node.place()
                        .error("%s must be %s, but is %s.".formatted(path, scalar.allowed(type, rule), node.kind()));
        };
        return value instanceof Path file ? folder.resolve(file).normalize() : value;
    }

    private static Record construct(Class<?> type, Object[] values) {
        try {
            Class<?>[] types = Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return (Record) constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a configuration record cannot be made: " + type.getSimpleName(), e);
        }
    }
}
