package dev.parley.raftstorage;

/// When a node stops taking writes and how much it buffers.
///
/// @param freeBytesMin and `freePercentMin`: below either, writes are refused ([SubmitOutcome.Cause#DISK_LOW])
/// @param pendingBytesMax per group, submitted and not yet answered; above, [SubmitOutcome.Cause#OVERLOADED]
public record StorageLimits(long freeBytesMin, int freePercentMin, long pendingBytesMax) {
    public static final StorageLimits DEFAULT = new StorageLimits(1L << 30, 5, 16L << 20);

    /// Largest batch of commands, encoded. Below the 1 MB of the Raft appender's buffer with room for its framing:
    /// an entry over that limit would leak a permit of the leader for its whole term.
    public static final int ENTRY_BYTES_MAX = 768 * 1024;
}
