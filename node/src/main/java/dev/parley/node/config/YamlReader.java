package dev.parley.node.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads one YAML document into [YamlNode]s, by tokens, because a bound tree would have lost the lines.
///
/// Stricter than YAML: no key twice, no anchors and aliases, no second document.
final class YamlReader {
    private static final YAMLFactory YAML = new YAMLFactory();

    private final String source;
    private final YAMLParser parser;

    private YamlReader(String source, YAMLParser parser) {
        this.source = source;
        this.parser = parser;
    }

    /// Reads a document.
    ///
    /// @param source what to call it in messages
    /// @return the root; [YamlNode.Empty] for a text without any value
    /// @throws ConfigException if it is not YAML as described above
    static YamlNode read(String text, String source) {
        try (YAMLParser parser = YAML.createParser(text)) {
            YamlReader reader = new YamlReader(source, parser);
            JsonToken first = parser.nextToken();
            YamlNode root = first == null ? new YamlNode.Empty(Place.whole(source)) : reader.value(first);
            if (parser.nextToken() != null) {
                throw reader.here().error("a second document begins here; one file is one document.");
            }
            return root;
        } catch (JsonProcessingException e) {
            Place place = e.getLocation() == null
                    ? Place.whole(source)
                    : Place.line(source, e.getLocation().getLineNr());
            String reason = e.getOriginalMessage()
                    .lines()
                    .findFirst()
                    .orElse("unreadable")
                    .strip();
            throw new ConfigException(place + ": this is not YAML (" + reason + ").", e);
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be read", e);
        }
    }

    private YamlNode value(@Nullable JsonToken token) throws IOException {
        Place place = here();
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
            throw place.error("anchors and aliases (& and *) are not supported; write the value again.");
        }
        return switch (token) {
            case START_OBJECT -> mapping(place);
            case START_ARRAY -> sequence(place);
            case VALUE_NULL -> new YamlNode.Empty(place);
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
                new YamlNode.Scalar(parser.getText(), place);
            case null, default -> throw place.error("a value was expected here.");
        };
    }

    private YamlNode mapping(Place start) throws IOException {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        Map<String, Place> keys = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            Place place = here();
            Place earlier = keys.putIfAbsent(key, place);
            if (earlier != null) {
                throw place.error("the key " + key + " was given already on line "
                        + earlier.line().orElse(0) + "; remove one of the two.");
            }
            entries.put(key, value(parser.nextToken()));
        }
        return new YamlNode.Mapping(entries, keys, start);
    }

    private YamlNode sequence(Place start) throws IOException {
        List<YamlNode> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            items.add(value(token));
        }
        return new YamlNode.Sequence(items, start);
    }

    private Place here() {
        return Place.line(source, line(parser));
    }

    private static int line(JsonParser parser) {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }
}
