package dev.parley.node.scrub;

import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.TableReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a range of a replica's tables comes to.
///
/// @param digest SHA-256 over the name of each family that it touches, followed by, for each row, the
///     length of the key,
///     the length of the value, key and value; in hexadecimal
/// @param rows in the range
/// @param bytes of their keys and values
/// @param next where the following range begins; empty if there is none
public record RangeDigest(String digest, long rows, long bytes, Optional<TablePlace> next) {
    private static final byte[] BEHIND_ALL_KEYS = {(byte) 0xFF};

    /// Reads a range.
    ///
    /// @param bytesMax the range ends with the row that reaches it: the same row in all replicas that are alike
    public static RangeDigest of(TableReader tables, TablePlace from, long bytesMax) {
        Range range = new Range(bytesMax);
        for (Family family : Family.values()) {
            if (family.compareTo(from.family()) < 0) {
                continue;
            }
            range.begin(family);
            byte[] first = family == from.family() ? HexFormat.of().parseHex(from.key()) : new byte[0];
            tables.scan(family, first, BEHIND_ALL_KEYS, TableReader.Direction.ASCENDING, (key, value) -> {
                if (range.isFull()) {
                    range.next = new TablePlace(family, HexFormat.of().formatHex(key));
                    return TableReader.Next.STOP;
                }
                range.add(key, value);
                return TableReader.Next.CONTINUE;
            });
            if (range.next != null) {
                break;
            }
        }
        return range.digest();
    }

    private static final class Range {
        private final long bytesMax;
        private final MessageDigest sha = sha256();
        private final ByteBuffer lengths = ByteBuffer.allocate(2 * Integer.BYTES);
        private long rows;
        private long bytes;
        private @Nullable TablePlace next;

        Range(long bytesMax) {
            this.bytesMax = bytesMax;
        }

        boolean isFull() {
            return bytes >= bytesMax;
        }

        void begin(Family family) {
            sha.update(family.name().getBytes(StandardCharsets.US_ASCII));
        }

        void add(byte[] key, byte[] value) {
            lengths.clear().putInt(key.length).putInt(value.length);
            sha.update(lengths.array());
            sha.update(key);
            sha.update(value);
            rows++;
            bytes += key.length + value.length;
        }

        RangeDigest digest() {
            return new RangeDigest(HexFormat.of().formatHex(sha.digest()), rows, bytes, Optional.ofNullable(next));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
