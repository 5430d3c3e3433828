package dev.parley.raftstorage;

import java.util.List;

/// When a node stops taking writes and how much it buffers.
///
/// @param freeBytesMin and `freePercentMin`: below either, writes are refused ([SubmitOutcome.Cause#DISK_LOW])
/// @param pendingBytesMax per group, submitted and not yet answered; above, [SubmitOutcome.Cause#OVERLOADED]
public record StorageLimits(long freeBytesMin, int freePercentMin, long pendingBytesMax) {
    public static final StorageLimits DEFAULT = new StorageLimits(1L << 30, 5, 16L << 20);

    /// Largest batch of commands, encoded. Below the 1 MB of the Raft appender's buffer with room for its framing:
    /// an entry over that limit would leak a permit of the leader for its whole term.
    public static final int ENTRY_BYTES_MAX = 768 * 1024;

    /// Of an entry itself, and of each command in it besides its own bytes.
    private static final int ENTRY_HEADER_BYTES = 21;

    private static final int COMMAND_HEADER_BYTES = 4;

    /// What these commands take as one entry, to compare with [#ENTRY_BYTES_MAX].
    public static long entryBytes(List<byte[]> commands) {
        return ENTRY_HEADER_BYTES + commandBytes(commands);
    }

    /// What these commands add to an entry that holds others too.
    public static long commandBytes(List<byte[]> commands) {
        long bytes = 0;
        for (byte[] command : commands) {
            bytes += COMMAND_HEADER_BYTES + command.length;
        }
        return bytes;
    }
}
