package dev.parley.protocol.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Bytes to one JSON object, strictly: nothing is repaired, replaced or guessed.
final class JsonParsing {
    private static final char REPLACEMENT = '\uFFFD';
    private static final int QUOTED_CHARS_MAX = 200;

    /// Stands for the frame or body as a whole where a field is to be named.
    private static final String WHOLE = "body";

    /// Many virtual threads read and write JSON now and then. Jackson's usual pool keeps buffers per thread, which
    /// would cost every idle connection some kilobytes; this one keeps at most 64 for all.
    static final JsonFactory FACTORY = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.newBoundedPool(64))
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // a character beyond the first plane as its four bytes, not as twelve of escapes
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Limits.NESTING_MAX)
                    // a number may fill the frame: that it is too large for its field is then said by name
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final JsonParser in;
    private final Map<String, JsonValue> top;

    private JsonParsing(JsonParser in, Map<String, JsonValue> top) {
        this.in = in;
        this.top = top;
    }

    /// Reads one object and nothing behind it.
    ///
    /// @throws InvalidInput with the object's `ref` and `clientMessageId` if these came before the fault
    static JsonObject object(byte[] utf8) {
        Map<String, JsonValue> top = new LinkedHashMap<>();
        try (JsonParser in = FACTORY.createParser(text(utf8))) {
            return new JsonParsing(in, top).wholeObject();
        } catch (JsonProcessingException e) {
            String detail = "The JSON is broken%s: %s".formatted(place(e), shortened(e.getOriginalMessage()));
            throw new InvalidInput(ErrorCode.MALFORMED, detail).in(answers(new JsonObject(top)));
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be read", e);
        } catch (InvalidInput e) {
            throw e.in(answers(new JsonObject(top)));
        }
    }

    /// What an answer to this object should carry.
    static InvalidInput.Answers answers(JsonObject frame) {
        return new InvalidInput.Answers(
                id(frame, "ref", Limits.REF_LENGTH_MAX),
                id(frame, "clientMessageId", Limits.CLIENT_ID_LENGTH_MAX),
                Optional.empty());
    }

    private static Optional<String> id(JsonObject frame, String name, int lengthMax) {
        return frame.fields().get(name) instanceof JsonText(String text)
                        && text.length() <= lengthMax
                        && TextRules.utf8Length(text) > 0
                ? Optional.of(text)
                : Optional.empty();
    }

    /// `new String` replaces invalid bytes silently, but is by far the fastest; so look again only if it may have done
    /// so.
    private static String text(byte[] utf8) {
        String text = new String(utf8, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            requireUtf8(utf8);
        }
        return text;
    }

    private static void requireUtf8(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        // no byte of UTF-8 makes more than one char
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, CharBuffer.allocate(bytes.length), true);
        if (result.isError()) {
            String reason = "is not valid UTF-8 from byte %d on".formatted(in.position() + 1);
            throw new InvalidInput(
                    ErrorCode.INVALID_FIELD,
                    "The JSON %s.".formatted(reason),
                    List.of(new FieldError(WHOLE, reason)),
                    InvalidInput.Answers.NONE);
        }
    }

    private JsonObject wholeObject() throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw new InvalidInput(ErrorCode.MALFORMED, "One JSON object is wanted.");
        }
        JsonObject object = fields(top);
        if (in.nextToken() != null) {
            throw new InvalidInput(ErrorCode.MALFORMED, "Something follows the JSON object.");
        }
        return object;
    }

    private JsonObject fields(Map<String, JsonValue> fields) throws IOException {
        for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
            JsonValue value = value(in.nextToken());
            if (fields.put(name, value) != null) {
                throw new InvalidInput(ErrorCode.MALFORMED, "The field %s is given twice.".formatted(shortened(name)));
            }
        }
        return new JsonObject(fields);
    }

    private JsonArray elements() throws IOException {
        List<JsonValue> elements = new ArrayList<>();
        for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
            elements.add(value(token));
        }
        return new JsonArray(elements);
    }

    private JsonValue value(JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_STRING -> new JsonText(in.getText());
            case VALUE_NUMBER_INT -> new JsonNumber(in.getText(), true);
            case VALUE_NUMBER_FLOAT -> new JsonNumber(in.getText(), false);
            case VALUE_TRUE -> new JsonBoolean(true);
            case VALUE_FALSE -> new JsonBoolean(false);
            case VALUE_NULL -> new JsonNull();
            case START_OBJECT -> fields(new LinkedHashMap<>());
            case START_ARRAY -> elements();
            case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                throw new InvalidInput(ErrorCode.MALFORMED, "The JSON is broken: a value is missing.");
        };
    }

    private static String place(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : " at character " + (e.getLocation().getCharOffset() + 1);
    }

    /// A short quotation of what was sent, for a detail.
    static String shortened(String quoted) {
        String sound = TextRules.wellFormed(quoted);
        return sound.length() <= QUOTED_CHARS_MAX
                ? sound
                : TextRules.wellFormed(sound.substring(0, QUOTED_CHARS_MAX)) + "…";
    }
}
