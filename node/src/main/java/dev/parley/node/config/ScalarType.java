package dev.parley.node.config;

import dev.parley.raftstorage.NodeId;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Values of one word: from text, to text, and what a person is told when the text is not one.
enum ScalarType {
    TEXT,
    NUMBER,
    SWITCH,
    DURATION,
    PATH,
    URL,
    NODE_ID,
    CHOICE;

    private static final Pattern DURATION_TEXT = Pattern.compile("([0-9]{1,9})(s|m|h|d)");

    /// The type of a record's component.
    static ScalarType of(Class<?> type) {
        if (type == String.class) {
            return TEXT;
        } else if (type == int.class || type == Integer.class || type == long.class) {
            return NUMBER;
        } else if (type == boolean.class) {
            return SWITCH;
        } else if (type == Duration.class) {
            return DURATION;
        } else if (type == Path.class) {
            return PATH;
        } else if (type == URI.class) {
            return URL;
        } else if (type == NodeId.class) {
            return NODE_ID;
        } else if (type.isEnum()) {
            return CHOICE;
        }
        throw new IllegalStateException("no setting can have the type " + type);
    }

    /// The value, or empty if the text is none that the setting allows.
    Optional<Object> parse(String text, Class<?> type, Rule rule) {
        return switch (this) {
            case TEXT ->
                text.matches(rule.pattern().isEmpty() ? ".+" : rule.pattern()) ? Optional.of(text) : Optional.empty();
            case NUMBER -> number(text, type, rule);
            case SWITCH ->
                switch (text) {
                    case "true" -> Optional.of(true);
                    case "false" -> Optional.of(false);
                    default -> Optional.empty();
                };
            case DURATION -> duration(text, rule);
            case PATH -> path(text);
            case URL -> url(text);
            case NODE_ID -> text.matches("[a-z0-9-]{1,32}") ? Optional.of(new NodeId(text)) : Optional.empty();
            case CHOICE ->
                Arrays.stream(type.getEnumConstants())
                        .filter(choice -> choice.toString().equals(text))
                        .findFirst()
                        .map(Object.class::cast);
        };
    }

    /// What the setting takes, such as `a whole number from 1 to 64`.
    String allowed(Class<?> type, Rule rule) {
        return switch (this) {
            case TEXT -> rule.pattern().isEmpty() ? "a text" : "a text that matches " + rule.pattern();
            case NUMBER ->
                rule.max() == Long.MAX_VALUE
                        ? "a whole number from " + rule.min()
                        : "a whole number from %d to %d".formatted(rule.min(), rule.max());
            case SWITCH -> "true or false";
            case DURATION ->
                "a duration from %s to %s (s, m, h, d)"
                        .formatted(print(Duration.ofSeconds(rule.min())), print(Duration.ofSeconds(rule.max())));
            case PATH -> "a path";
            case URL -> "a URL such as https://chat.example.org, without user, query and fragment";
            case NODE_ID -> "a name of 1 to 32 of a-z, 0-9 and -";
            case CHOICE ->
                Arrays.stream(type.getEnumConstants())
                        .map(Object::toString)
                        .collect(Collectors.joining(", ", "one of ", ""));
        };
    }

    /// The value as it may stand in the file.
    static String print(Object value) {
        return switch (value) {
            case Duration duration -> printDuration(duration.toSeconds());
            default -> value.toString();
        };
    }

    private static String printDuration(long seconds) {
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        } else if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    private static Optional<Object> number(String text, Class<?> type, Rule rule) {
        if (!text.matches("-?[0-9]{1,18}")) {
            return Optional.empty();
        }
        long number = Long.parseLong(text);
        if (number < rule.min() || number > rule.max()) {
            return Optional.empty();
        }
        return Optional.of(type == long.class ? (Object) number : (Object) Math.toIntExact(number));
    }

    private static Optional<Object> duration(String text, Rule rule) {
        Matcher parts = DURATION_TEXT.matcher(text.toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(parts.group(1));
        long seconds = switch (parts.group(2)) {
            case "d" -> count * 86_400;
            case "h" -> count * 3_600;
            case "m" -> count * 60;
            default -> count;
        };
        return seconds < rule.min() || seconds > rule.max()
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds(seconds));
    }

    private static Optional<Object> path(String text) {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Optional<Object> url(String text) {
        try {
            URI url = new URI(text);
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            boolean plain = url.getRawUserInfo() == null && url.getRawQuery() == null && url.getRawFragment() == null;
            return web && plain && url.getHost() != null ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
