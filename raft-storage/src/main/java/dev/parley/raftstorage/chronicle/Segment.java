package dev.parley.raftstorage.chronicle;

import java.nio.file.Path;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import org.jspecify.annotations.Nullable;

/// A run of entries in a directory of its own: a Chronicle queue whose clock stands still, so that it never rolls.
/// Written by one opening of the queue and only read by later ones, so nothing is ever written behind a torn tail.
///
/// Its size is guarded by the queue's lock. Who uses its files is guarded by its own, which is held while they are
/// opened; whoever holds that takes no other.
final class Segment {
    private static final long STANDING_CLOCK = 0;
    private static final int BLOCK_BYTES = 16 << 20;
    private static final long TIMEOUT_MILLIS = 1_000;

    private final Path directory;
    private final long first;
    private long last;
    private long bytes;
    private int users;
    private boolean retired;
    private @Nullable ChronicleQueue files;

    /// @param last number of its newest entry; `first - 1` when empty
    Segment(Path directory, long first, long last, long bytes) {
        this.directory = directory;
        this.first = first;
        this.last = last;
        this.bytes = bytes;
    }

    static ChronicleQueue open(Path directory) {
        return SingleChronicleQueueBuilder.binary(directory)
                .rollCycle(RollCycles.FAST_HOURLY)
                .timeProvider(() -> STANDING_CLOCK)
                .blockSize(BLOCK_BYTES)
                .timeoutMS(TIMEOUT_MILLIS)
                .build();
    }

    Path directory() {
        return directory;
    }

    long first() {
        return first;
    }

    long last() {
        return last;
    }

    long bytes() {
        return bytes;
    }

    void grown(long newLast, long moreBytes) {
        last = newLast;
        bytes += moreBytes;
    }

    synchronized boolean isUsed() {
        return users > 0;
    }

    /// Opens the files for one more user, who calls [#leave()] in the end.
    ///
    /// @throws IllegalStateException if the segment was retired
    synchronized ChronicleQueue use() {
        if (retired) {
            throw new IllegalStateException("reader, or its queue, was closed or cleared");
        }
        ChronicleQueue opened = files;
        if (opened == null) {
            opened = open(directory);
            files = opened;
        }
        users++;
        return opened;
    }

    synchronized void leave() {
        users--;
        if (users == 0 && files != null) {
            files.close();
            files = null;
        }
    }

    /// From here on nobody opens the files anew: Chronicle would make them again.
    synchronized void retire() {
        retired = true;
    }
}
