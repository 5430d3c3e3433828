package dev.parley.raftstorage.chronicle;

import dev.parley.raftstorage.queue.DamagedQueueException;
import dev.parley.raftstorage.queue.LocalQueue;
import dev.parley.raftstorage.queue.QueueEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import org.jspecify.annotations.Nullable;

/// Reads one segment after the other, each with a tailer of its own.
final class ChronicleReader implements LocalQueue.Reader {
    private final ChronicleLocalQueue queue;
    private volatile long place;
    private volatile boolean ended;
    private @Nullable Segment segment;
    private @Nullable ExcerptTailer tailer;

    ChronicleReader(ChronicleLocalQueue queue, long afterNumber) {
        this.queue = queue;
        this.place = afterNumber;
    }

    long place() {
        return place;
    }

    boolean isEnded() {
        return ended;
    }

    /// From here on the reader fails.
    void end() {
        ended = true;
    }

    @Override
    public List<QueueEntry> next(int limit, Duration wait) throws InterruptedException {
        QueueThreads.check();
        if (limit < 1) {
            throw new IllegalArgumentException("a limit of " + limit);
        }
        ChronicleLocalQueue.Extent extent = queue.await(this, wait);
        if (extent == null) {
            return List.of();
        }
        if (extent.segment() != segment) {
            enter(extent.segment());
        }
        List<QueueEntry> entries = new ArrayList<>();
        long reached = place;
        while (entries.size() < limit && reached < extent.last()) {
            QueueEntry entry = readNext(reached);
            reached = entry.number();
            entries.add(entry);
        }
        place = reached;
        return entries;
    }

    private QueueEntry readNext(long reached) {
        ExcerptTailer open = tailer;
        if (open == null) {
            throw new IllegalStateException("no file to read from");
        }
        QueueEntry entry;
        try {
            entry = Excerpts.read(open);
        } catch (DamagedQueueException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new DamagedQueueException("entry " + (reached + 1) + " cannot be read", e);
        }
        if (entry == null || entry.number() != reached + 1) {
            throw new DamagedQueueException("entry " + (reached + 1) + " is not where it is due");
        }
        return entry;
    }

    private void enter(Segment next) {
        leave();
        ChronicleQueue files = next.use();
        segment = next;
        ExcerptTailer open = files.createTailer();
        tailer = open;
        place = Math.max(place, next.first() - 1);
        long skip = place + 1 - next.first();
        open.toStart();
        if (skip > 0 && !open.moveToIndex(open.index() + skip)) {
            throw new DamagedQueueException("entry " + (place + 1) + " cannot be found");
        }
    }

    private void leave() {
        if (tailer != null) {
            tailer.close();
            tailer = null;
        }
        if (segment != null) {
            segment.leave();
            segment = null;
        }
    }

    @Override
    public void close() {
        ended = true;
        leave();
        queue.forget(this);
    }
}
