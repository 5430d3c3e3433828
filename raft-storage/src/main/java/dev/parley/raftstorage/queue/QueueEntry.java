package dev.parley.raftstorage.queue;

/// One entry of a [LocalQueue].
///
/// @param number its place, from 1 on
/// @param payload what it says; whoever holds an entry does not change the array
@SuppressWarnings("ArrayRecordComponent") // entries are carried, not compared
public record QueueEntry(long number, byte[] payload) {
    public QueueEntry {
        if (number < 1) {
            throw new IllegalArgumentException("an entry's number is at least 1, not " + number);
        }
        if (payload.length > LocalQueue.PAYLOAD_BYTES_MAX) {
            throw new IllegalArgumentException("payload of " + payload.length + " bytes");
        }
    }

    /// What it counts against [QueueLimits#bytesMax].
    public long countedBytes() {
        return (long) LocalQueue.ENTRY_OVERHEAD_BYTES + payload.length;
    }

    /// What these count together.
    static long countedBytes(Iterable<QueueEntry> entries) {
        long bytes = 0;
        for (QueueEntry entry : entries) {
            bytes += entry.countedBytes();
        }
        return bytes;
    }
}
