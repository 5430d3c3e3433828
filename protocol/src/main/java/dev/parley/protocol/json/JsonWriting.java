package dev.parley.protocol.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
            // memory does not fail: the values hold what JSON cannot say, such as half a surrogate pair
            throw new IllegalArgumentException("not to be written as JSON: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    /// Writes the field if there is a value.
    static void optional(JsonGenerator out, String name, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            out.writeStringField(name, value.get());
        }
    }

    static void strings(JsonGenerator out, String name, Iterable<String> values) throws IOException {
        out.writeArrayFieldStart(name);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }

    private JsonWriting() {}
}
