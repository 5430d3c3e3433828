package dev.parley.raftstorage.queue;

import java.io.IOException;
import java.util.List;

/// What a queue may take.
///
/// @param bytesMax entries kept in one queue, by [QueueEntry#countedBytes]
/// @param fileBytes from this size on a file is followed by another; deletion is by files
/// @param freeBytesMin and `freePercentMin`: what an append leaves free on the disk
public record QueueLimits(long bytesMax, long fileBytes, long freeBytesMin, int freePercentMin) {
    public static final QueueLimits DEFAULT = new QueueLimits(1L << 30, 32L << 20, 1L << 30, 5);

    public QueueLimits {
        if (bytesMax < 1 || fileBytes < 1 || freeBytesMin < 0 || freePercentMin < 0 || freePercentMin > 100) {
            throw new IllegalArgumentException(
                    "no limits: " + List.of(bytesMax, fileBytes, freeBytesMin, freePercentMin));
        }
    }

    /// Refuses entries that the queue or the disk has no room for: a memory-mapped file on a full disk would end the
    /// JVM.
    public void check(long keptBytes, List<QueueEntry> entries, DiskRoom disk) throws QueueFullException {
        long more = QueueEntry.countedBytes(entries);
        if (keptBytes + more > bytesMax) {
            throw new QueueFullException("queue at its limit: holds " + keptBytes + " bytes of " + bytesMax);
        }
        long free;
        long needed;
        try {
            free = disk.freeBytes();
            needed = Math.max(freeBytesMin, disk.totalBytes() / 100 * freePercentMin) + more;
        } catch (IOException e) {
            throw new QueueFullException("disk does not answer: " + e.getMessage());
        }
        if (free < needed) {
            throw new QueueFullException("disk nearly full: " + free + " bytes free, needed are " + needed);
        }
    }
}
