package dev.parley.protocol.json;

import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import dev.parley.protocol.Problem.FieldError;
import dev.parley.protocol.TextRules;
import dev.parley.protocol.json.JsonValue.JsonArray;
import dev.parley.protocol.json.JsonValue.JsonBoolean;
import dev.parley.protocol.json.JsonValue.JsonNull;
import dev.parley.protocol.json.JsonValue.JsonNumber;
import dev.parley.protocol.json.JsonValue.JsonObject;
import dev.parley.protocol.json.JsonValue.JsonText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The fields of one object, taken by name and kind. A fault is noted, a harmless value stands in for it, and
/// [#checked] throws them all at once. A field that is `null` counts as missing; one that nobody asks for is ignored.
final class Fields {
    /// As many as [Limits#SEQ_MAX] has; so many always fit a `long`.
    private static final int SEQ_DIGITS_MAX = 16;

    private static final Pattern TIME_OF_DAY = Pattern.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9]");

    private final JsonObject object;
    private final String path;
    private final Faults faults;

    /// What was found wrong so far in the whole frame or body.
    private static final class Faults {
        private static final int FAULTS_MAX = 20;
        private final List<FieldError> errors = new ArrayList<>();
        private ErrorCode code = ErrorCode.INVALID_FIELD;
    }

    private Fields(JsonObject object, String path, Faults faults) {
        this.object = object;
        this.path = path;
        this.faults = faults;
    }

    /// The fields of a frame or body.
    static Fields of(JsonObject object) {
        return new Fields(object, "", new Faults());
    }

    /// Reads the whole object with `reader`, then throws what was wrong.
    static <T> T checked(JsonObject object, Function<Fields, T> reader) {
        Fields fields = of(object);
        T value = reader.apply(fields);
        fields.throwFaults();
        return value;
    }

    private void throwFaults() {
        if (faults.errors.isEmpty()) {
            return;
        }
        List<String> sentences =
                faults.errors.stream().map(e -> e.field() + " " + e.reason()).toList();
        throw new InvalidInput(
                faults.code, String.join("; ", sentences) + ".", faults.errors, JsonParsing.answers(object));
    }

    void fault(String name, String reason) {
        if (faults.errors.size() < Faults.FAULTS_MAX) {
            faults.errors.add(new FieldError(JsonParsing.shortened(path + name), reason));
        }
    }

    private void tooLarge(String name, String reason) {
        faults.code = ErrorCode.TOO_LARGE;
        fault(name, reason);
    }

    boolean has(String name) {
        return value(name) != null;
    }

    /// Whether the field is there and says `null`.
    boolean isNull(String name) {
        return object.fields().get(name) instanceof JsonNull;
    }

    private @Nullable JsonValue value(String name) {
        JsonValue value = object.fields().get(name);
        return value instanceof JsonNull ? null : value;
    }

    private void unexpected(String name, String wanted, @Nullable JsonValue found) {
        fault(name, found == null ? "is missing" : "must be " + wanted + " but is " + found.described());
    }

    /// Any text of Unicode.
    String string(String name) {
        return string(name, value(name));
    }

    private String string(String name, @Nullable JsonValue value) {
        if (!(value instanceof JsonText(String text))) {
            unexpected(name, "a string", value);
            return "";
        }
        if (TextRules.utf8Length(text) == TextRules.NOT_UNICODE) {
            fault(name, "holds half a surrogate pair, which is no character");
            return "";
        }
        return text;
    }

    /// A text that a client wants stored, by [#text] and without U+0000, at which many programs take a text to end. Not
    /// for what is read back: older nodes stored it.
    String storedText(String name, int bytesMax) {
        String text = text(name, bytesMax);
        if (text.indexOf('\0') >= 0) {
            fault(name, "must not hold U+0000");
        }
        return text;
    }

    /// A text of 1 to `bytesMax` bytes of UTF-8.
    String text(String name, int bytesMax) {
        if (!(value(name) instanceof JsonText)) {
            return string(name);
        }
        int faultsBefore = faults.errors.size();
        String text = string(name);
        int bytes = TextRules.utf8Length(text);
        if (faults.errors.size() == faultsBefore && (bytes < 1 || bytes > bytesMax)) {
            fault(name, "must be 1 to %d bytes of UTF-8 but is %d".formatted(bytesMax, bytes));
        }
        return text;
    }

    /// An id by [TextRules#isId].
    String id(String name, int lengthMax) {
        return id(name, value(name), lengthMax);
    }

    private String id(String name, @Nullable JsonValue value, int lengthMax) {
        if (value instanceof JsonText(String text) && !TextRules.isId(text, lengthMax)) {
            fault(name, "must be 1 to %d characters without spaces and control characters".formatted(lengthMax));
            return "";
        }
        return string(name, value);
    }

    Optional<String> optionalId(String name, int lengthMax) {
        return has(name) ? Optional.of(id(name, lengthMax)) : Optional.empty();
    }

    Optional<String> optionalString(String name) {
        return has(name) ? Optional.of(string(name)) : Optional.empty();
    }

    /// `ref`: any text of 1 to 64 characters.
    Optional<String> ref() {
        if (value("ref") instanceof JsonText(String text)
                && (text.isEmpty() || text.length() > Limits.REF_LENGTH_MAX)) {
            fault("ref", "must be 1 to %d characters".formatted(Limits.REF_LENGTH_MAX));
            return Optional.empty();
        }
        return optionalString("ref");
    }

    /// One of a closed set of words.
    String oneOf(String name, List<String> words) {
        String word = string(name);
        if (value(name) instanceof JsonText && !words.contains(word)) {
            fault(name, "must be one of " + String.join(", ", words));
        }
        return word;
    }

    /// A whole number from 0 to [Limits#SEQ_MAX].
    long seq(String name) {
        return seq(name, value(name));
    }

    private long seq(String name, @Nullable JsonValue value) {
        if (!(value instanceof JsonNumber(String digits, boolean whole))) {
            unexpected(name, "a whole number", value);
            return 0;
        }
        if (!whole) {
            fault(name, "must be a whole number, written without fraction and exponent");
            return 0;
        }
        long seq = digits.length() > SEQ_DIGITS_MAX ? -1 : Long.parseLong(digits);
        if (seq < 0 || seq > Limits.SEQ_MAX) {
            fault(name, "must be 0 to %d".formatted(Limits.SEQ_MAX));
            return 0;
        }
        return seq;
    }

    OptionalLong optionalSeq(String name) {
        return has(name) ? OptionalLong.of(seq(name)) : OptionalLong.empty();
    }

    /// A whole number from 0 that an `int` holds.
    int count(String name) {
        long count = seq(name);
        if (count > Integer.MAX_VALUE) {
            fault(name, "must be 0 to %d".formatted(Integer.MAX_VALUE));
            return 0;
        }
        return (int) count;
    }

    boolean bool(String name) {
        if (value(name) instanceof JsonBoolean(boolean value)) {
            return value;
        }
        unexpected(name, "true or false", value(name));
        return false;
    }

    /// An RFC 3339 time.
    Instant time(String name) {
        String text = string(name);
        try {
            return value(name) instanceof JsonText ? Instant.parse(text) : Instant.EPOCH;
        } catch (DateTimeException e) {
            fault(name, "must be a time of RFC 3339 such as 2026-04-23T09:45:00Z");
            return Instant.EPOCH;
        }
    }

    /// A time of the day, to the minute.
    LocalTime timeOfDay(String name) {
        String text = string(name);
        boolean shaped = TIME_OF_DAY.matcher(text).matches();
        if (value(name) instanceof JsonText && !shaped) {
            fault(name, "must be a time of the day such as 22:30");
        }
        return shaped ? LocalTime.parse(text) : LocalTime.MIDNIGHT;
    }

    Optional<Instant> optionalTime(String name) {
        return has(name) ? Optional.of(time(name)) : Optional.empty();
    }

    <T> T object(String name, Function<Fields, T> reader) {
        return reader.apply(objectFields(name, value(name)));
    }

    <T> Optional<T> optionalObject(String name, Function<Fields, T> reader) {
        return has(name) ? Optional.of(object(name, reader)) : Optional.empty();
    }

    private Fields objectFields(String name, @Nullable JsonValue value) {
        if (value instanceof JsonObject child) {
            return new Fields(child, path + name + ".", faults);
        }
        unexpected(name, "an object", value);
        // the fields of what is no object would all be missing: that is said already
        return new Fields(new JsonObject(Map.of()), path + name + ".", new Faults());
    }

    <T> List<T> objects(String name, Function<Fields, T> reader) {
        return list(name, Integer.MAX_VALUE, (at, value) -> reader.apply(objectFields(at, value)));
    }

    List<String> strings(String name) {
        return list(name, Integer.MAX_VALUE, this::string);
    }

    List<String> ids(String name, int lengthMax, int sizeMax) {
        return list(name, sizeMax, (at, value) -> id(at, value, lengthMax));
    }

    /// None if the field is missing.
    List<String> optionalIds(String name, int lengthMax, int sizeMax) {
        return has(name) ? ids(name, lengthMax, sizeMax) : List.of();
    }

    private <T> List<T> list(String name, int sizeMax, BiFunction<String, JsonValue, T> reader) {
        if (!(value(name) instanceof JsonArray(List<JsonValue> elements))) {
            unexpected(name, "an array", value(name));
            return List.of();
        }
        if (elements.size() > sizeMax) {
            tooLarge(name, "may have %d elements but has %d".formatted(sizeMax, elements.size()));
            return List.of();
        }
        List<T> list = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
            list.add(reader.apply(name + "[" + i + "]", elements.get(i)));
        }
        return List.copyOf(list);
    }

    /// An object whose names are conversations and whose values are sequence numbers.
    Map<String, Long> seqs(String name, int sizeMax) {
        if (!(value(name) instanceof JsonObject(Map<String, JsonValue> entries))) {
            unexpected(name, "an object", value(name));
            return Map.of();
        }
        if (entries.size() > sizeMax) {
            tooLarge(name, "may name %d conversations but names %d".formatted(sizeMax, entries.size()));
            return Map.of();
        }
        Map<String, Long> seqs = new LinkedHashMap<>();
        entries.forEach((id, value) -> {
            if (!TextRules.isId(id, Limits.CONVERSATION_ID_LENGTH_MAX)) {
                fault(name, "names a conversation by what is no id");
            }
            seqs.put(id, seq(name + "." + id, value));
        });
        return Map.copyOf(seqs);
    }
}
