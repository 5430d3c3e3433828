package dev.parley.node.tables;

import dev.parley.chat.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Keys of the tables: order-preserving, and no key of one entity is a prefix of another entity's keys.
final class Keys {
    private static final byte END_OF_PART = 0;

    /// The key of a row whose parts are texts.
    static byte[] of(Table table, String... parts) {
        return join(table, false, parts);
    }

    /// What all keys that start with these parts, and have more, start with.
    static byte[] prefix(Table table, String... parts) {
        return join(table, true, parts);
    }

    /// The first key after all that start with the prefix.
    static byte[] end(byte[] prefix) {
        // A prefix ends with a table's number or a zero byte: neither is 0xFF, so one more does not carry.
        byte[] end = prefix.clone();
        end[end.length - 1]++;
        return end;
    }

    /// The key of a row whose last part is a number, never negative.
    static byte[] numbered(Table table, String part, long number) {
        byte[] prefix = prefix(table, part);
        return ByteBuffer.allocate(prefix.length + Long.BYTES)
                .put(prefix)
                .putLong(number)
                .array();
    }

    /// The key of a row whose only part is a number, never negative.
    static byte[] numbered(Table table, long number) {
        return ByteBuffer.allocate(1 + Long.BYTES)
                .put(table.number())
                .putLong(number)
                .array();
    }

    /// The key of a row whose parts are a time and a number, neither negative.
    static byte[] timed(Table table, long millis, long number) {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put(table.number())
                .putLong(millis)
                .putLong(number)
                .array();
    }

    /// The key of a row that is found by a fingerprint.
    static byte[] of(Table table, Fingerprint fingerprint) {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put(table.number())
                .putLong(fingerprint.high())
                .putLong(fingerprint.low())
                .array();
    }

    /// The key of a row whose parts are a text, a time, never negative, and a text.
    static byte[] timed(Table table, String part, long millis, String last) {
        byte[] prefix = numbered(table, part, millis);
        byte[] text = last.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(prefix.length + text.length)
                .put(prefix)
                .put(text)
                .array();
    }

    /// The number that a key ends with.
    static long lastNumber(byte[] key) {
        return ByteBuffer.wrap(key).getLong(key.length - Long.BYTES);
    }

    /// The text that a key ends with.
    ///
    /// @param prefix what the key starts with
    static String lastText(byte[] key, byte[] prefix) {
        return new String(key, prefix.length, key.length - prefix.length, StandardCharsets.UTF_8);
    }

    /// The parts of a key that has nothing but texts.
    static List<String> texts(byte[] key) {
        return List.of(new String(key, 1, key.length - 1, StandardCharsets.UTF_8).split("\0", -1));
    }

    /// The text that follows a time in a key.
    ///
    /// @param prefix what stands before the time
    static String textAfterTime(byte[] key, byte[] prefix) {
        int start = prefix.length + Long.BYTES;
        return new String(key, start, key.length - start, StandardCharsets.UTF_8);
    }

    private static byte[] join(Table table, boolean open, String... parts) {
        byte[][] encoded = new byte[parts.length][];
        int length = 1 + (open ? parts.length : Math.max(0, parts.length - 1));
        for (int at = 0; at < parts.length; at++) {
            encoded[at] = parts[at].getBytes(StandardCharsets.UTF_8);
            length += encoded[at].length;
        }
        ByteBuffer key = ByteBuffer.allocate(length).put(table.number());
        for (int at = 0; at < parts.length; at++) {
            key.put(checked(encoded[at], parts[at]));
            if (open || at < parts.length - 1) {
                key.put(END_OF_PART);
            }
        }
        return key.array();
    }

    private static byte[] checked(byte[] part, String text) {
        for (byte unit : part) {
            if (unit == END_OF_PART) {
                throw new IllegalStateException("expected a key part without zero bytes: " + text);
            }
        }
        return part;
    }

    private Keys() {}
}
