package dev.parley.raftstorage.rocks;

import java.nio.ByteBuffer;

/// Up to where a group's tables hold the Raft log.
///
/// @param term and `logIndex`: the last entry applied; index -1 for tables that hold nothing yet
/// @param epochMillis the latest stamp among the applied entries
public record AppliedPosition(long term, long logIndex, long epochMillis) {
    public static final AppliedPosition NOTHING = new AppliedPosition(0, -1, 0);

    private static final byte VERSION = 1;
    private static final int ENCODED_BYTES = 1 + 3 * Long.BYTES;

    byte[] toBytes() {
        return ByteBuffer.allocate(ENCODED_BYTES)
                .put(VERSION)
                .putLong(term)
                .putLong(logIndex)
                .putLong(epochMillis)
                .array();
    }

    static AppliedPosition fromBytes(byte[] bytes) {
        if (bytes.length != ENCODED_BYTES || bytes[0] != VERSION) {
            throw new TablesException("applied position of an unknown format: " + bytes.length + " bytes, version "
                    + (bytes.length == 0 ? "none" : bytes[0]));
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, ENCODED_BYTES - 1);
        return new AppliedPosition(buffer.getLong(), buffer.getLong(), buffer.getLong());
    }
}
