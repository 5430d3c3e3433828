package dev.parley.protocol.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.parley.protocol.TextRules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/// One JSON object to bytes.
final class JsonWriting {
    private static final int USUAL_BYTES = 384;

    /// What writes the fields of an object.
    @FunctionalInterface
    interface FieldsWriter {
        void writeTo(JsonGenerator out) throws IOException;
    }

    /// The bytes of an object with these fields.
    static byte[] object(FieldsWriter fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator out = JsonParsing.FACTORY.createGenerator(bytes)) {
            out.writeStartObject();
            fields.writeTo(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail to be written", e);
        }
        return bytes.toByteArray();
    }

    static void string(JsonGenerator out, String name, String value) throws IOException {
        out.writeStringField(name, sound(value));
    }

    /// Jackson would write half a surrogate pair as an escape, which no reader of ours takes.
    static String sound(String value) {
        if (TextRules.utf8Length(value) == TextRules.NOT_UNICODE) {
            throw new IllegalArgumentException("holds half a surrogate pair, so it cannot be sent");
        }
        return value;
    }

    /// Writes the field if there is a value.
    static void optional(JsonGenerator out, String name, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            string(out, name, value.get());
        }
    }

    static void strings(JsonGenerator out, String name, Iterable<String> values) throws IOException {
        out.writeArrayFieldStart(name);
        for (String value : values) {
            out.writeString(sound(value));
        }
        out.writeEndArray();
    }

    private JsonWriting() {}
}
