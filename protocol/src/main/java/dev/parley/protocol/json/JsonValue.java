package dev.parley.protocol.json;

import java.util.List;
import java.util.Map;

/// A JSON value as it was read; numbers stay as they were written until someone says what they must be.
sealed interface JsonValue {

    /// What a person calls such a value.
    String described();

    record JsonText(String text) implements JsonValue {
        @Override
        public String described() {
            return "a string";
        }
    }

    /// A number.
    ///
    /// @param whole whether it is written without fraction and exponent
    record JsonNumber(String digits, boolean whole) implements JsonValue {
        @Override
        public String described() {
            return "a number";
        }
    }

    record JsonBoolean(boolean value) implements JsonValue {
        @Override
        public String described() {
            return "a boolean";
        }
    }

    record JsonNull() implements JsonValue {
        @Override
        public String described() {
            return "null";
        }
    }

    record JsonArray(List<JsonValue> elements) implements JsonValue {
        @Override
        public String described() {
            return "an array";
        }
    }

    /// An object.
    ///
    /// @param fields in the order in which they were written
    record JsonObject(Map<String, JsonValue> fields) implements JsonValue {
        @Override
        public String described() {
            return "an object";
        }
    }
}
