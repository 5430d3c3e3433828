package dev.parley.node.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A piece of YAML that knows where it was written.
sealed interface YamlNode {
    Place place();

    /// What a person would call it.
    String kind();

    record Scalar(String text, Place place) implements YamlNode {
        @Override
        public String kind() {
            return text;
        }
    }

    /// A key without a value, or an explicit null.
    record Empty(Place place) implements YamlNode {
        @Override
        public String kind() {
            return "empty";
        }
    }

    /// Keys in the order in which they were written.
    ///
    /// @param keys where each key was written, which for a block is a line above its value
    record Mapping(Map<String, YamlNode> entries, Map<String, Place> keys, Place place) implements YamlNode {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
            keys = Map.copyOf(keys);
        }

        @Override
        public String kind() {
            return "a section of keys";
        }
    }

    record Sequence(List<YamlNode> items, Place place) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }
}
