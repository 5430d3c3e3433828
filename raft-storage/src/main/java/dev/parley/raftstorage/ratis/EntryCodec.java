package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.StorageLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// How commands lie in a Raft log entry. A file format: entries of today are read by every later version.
///
/// Version 1: one byte of version, 8 bytes stamp in milliseconds, 8 bytes entropy, 4 bytes count of commands, then
/// each command as 4 bytes length and its bytes; all big-endian.
final class EntryCodec {
    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 1 + 2 * Long.BYTES + Integer.BYTES;

    private EntryCodec() {}

    static byte[] encode(Content content) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(StorageLimits.entryBytes(content.commands())));
        buffer.put(VERSION);
        buffer.putLong(content.epochMillis());
        buffer.putLong(content.entropy());
        buffer.putInt(content.commands().size());
        for (byte[] command : content.commands()) {
            buffer.putInt(command.length).put(command);
        }
        return buffer.array();
    }

    /// Reads an entry.
    ///
    /// @throws IllegalArgumentException if this is not an entry of a version known here; the group must not go on,
    ///     or replicas would differ
    static Content decode(ByteBuffer buffer) {
        if (buffer.remaining() < HEADER_BYTES) {
            throw new IllegalArgumentException("entry of " + buffer.remaining() + " bytes is too short");
        }
        byte version = buffer.get();
        if (version != VERSION) {
            throw new IllegalArgumentException("entry of version " + version + ", known is " + VERSION);
        }
        long epochMillis = buffer.getLong();
        long entropy = buffer.getLong();
        int count = buffer.getInt();
        if (count < 0 || (long) count * Integer.BYTES > buffer.remaining()) {
            throw new IllegalArgumentException("entry claims " + count + " commands");
        }
        List<byte[]> commands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commands.add(command(buffer));
        }
        if (buffer.hasRemaining()) {
            throw new IllegalArgumentException("entry has " + buffer.remaining() + " bytes too many");
        }
        return new Content(epochMillis, entropy, commands);
    }

    private static byte[] command(ByteBuffer buffer) {
        int length = buffer.remaining() < Integer.BYTES ? -1 : buffer.getInt();
        if (length < 0 || length > buffer.remaining()) {
            throw new IllegalArgumentException("entry ends inside a command");
        }
        byte[] command = new byte[length];
        buffer.get(command);
        return command;
    }

    /// What an entry says.
    record Content(long epochMillis, long entropy, List<byte[]> commands) {}
}
