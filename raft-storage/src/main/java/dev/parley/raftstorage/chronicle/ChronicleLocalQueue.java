package dev.parley.raftstorage.chronicle;

import dev.parley.raftstorage.queue.Density;
import dev.parley.raftstorage.queue.DiskRoom;
import dev.parley.raftstorage.queue.LocalQueue;
import dev.parley.raftstorage.queue.QueueEntry;
import dev.parley.raftstorage.queue.QueueFullException;
import dev.parley.raftstorage.queue.QueueLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import org.jspecify.annotations.Nullable;

/// A queue of segments. `lock` guards the list of them and what can be read, and is never held while files are opened,
/// written, read or deleted. `writing` guards what is appended to; whoever takes both takes it first.
final class ChronicleLocalQueue implements LocalQueue {
    private final QueueDirectory directory;
    private final QueueLimits limits;
    private final DiskRoom disk;
    private final ReentrantLock writing = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Segment> segments;
    private final List<ChronicleReader> readers = new ArrayList<>();
    private @Nullable Segment current;
    private @Nullable ExcerptAppender appender;
    private long keptBytes;
    private boolean closed;
    private boolean broken;

    ChronicleLocalQueue(QueueDirectory directory, List<Segment> segments, QueueLimits limits, DiskRoom disk) {
        this.directory = directory;
        this.segments = new ArrayList<>(segments);
        this.limits = limits;
        this.disk = disk;
        this.keptBytes = segments.stream().mapToLong(Segment::bytes).sum();
    }

    @Override
    public long lastNumber() {
        lock.lock();
        try {
            return segments.isEmpty() ? 0 : segments.getLast().last();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long firstNumber() {
        lock.lock();
        try {
            return segments.isEmpty() ? 0 : segments.getFirst().first();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void append(List<QueueEntry> entries) throws QueueFullException {
        QueueThreads.check();
        if (entries.isEmpty()) {
            return;
        }
        writing.lock();
        try {
            limits.check(keptBytesBefore(entries), entries, disk);
            Segment segment = writable(entries.getFirst().number());
            publish(segment, entries.getLast().number(), write(entries));
        } finally {
            writing.unlock();
        }
    }

    private long keptBytesBefore(List<QueueEntry> entries) {
        lock.lock();
        try {
            checkWritable();
            Density.check(lastNumber(), entries);
            return keptBytes;
        } finally {
            lock.unlock();
        }
    }

    private void publish(Segment segment, long last, long bytes) {
        lock.lock();
        try {
            segment.grown(last, bytes);
            keptBytes += bytes;
            if (segments.isEmpty() || segments.getLast() != segment) {
                segments.add(segment);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The current segment, or the next if that has its size. Empty ones are not in the list yet.
    private Segment writable(long number) {
        Segment found = current;
        if (found != null && found.bytes() < limits.fileBytes()) {
            return found;
        }
        leaveCurrent();
        Segment next = directory.newSegment(number);
        ChronicleQueue files = next.use();
        current = next;
        appender = files.createAppender();
        return next;
    }

    /// Writes all, or closes the queue to further appends: what was written of them is dense, and read when reopened.
    private long write(List<QueueEntry> entries) {
        ExcerptAppender open = appender;
        if (open == null) {
            throw new IllegalStateException("no file to append to");
        }
        broken = true;
        long bytes = 0;
        for (QueueEntry entry : entries) {
            Excerpts.write(open, entry);
            bytes += entry.countedBytes();
        }
        broken = false;
        return bytes;
    }

    private void leaveCurrent() {
        if (appender != null) {
            appender.close();
            appender = null;
        }
        if (current != null) {
            current.leave();
            current = null;
        }
    }

    private void checkWritable() {
        if (closed || broken) {
            throw new IllegalStateException(closed ? "queue is closed" : "an append has failed: open the queue anew");
        }
    }

    @Override
    public void clear() {
        QueueThreads.check();
        writing.lock();
        try {
            List<Segment> all = takeAll();
            leaveCurrent();
            all.forEach(this::delete);
        } finally {
            writing.unlock();
        }
    }

    private List<Segment> takeAll() {
        lock.lock();
        try {
            checkWritable();
            readers.forEach(ChronicleReader::end);
            readers.clear();
            List<Segment> all = List.copyOf(segments);
            segments.clear();
            keptBytes = 0;
            changed.signalAll();
            return all;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(long throughNumber) {
        QueueThreads.check();
        takeThrough(throughNumber).forEach(this::delete);
    }

    private List<Segment> takeThrough(long throughNumber) {
        lock.lock();
        try {
            long limit = throughNumber;
            for (ChronicleReader reader : readers) {
                limit = Math.min(limit, reader.place());
            }
            List<Segment> taken = new ArrayList<>();
            while (segments.size() > 1 && mayLeave(segments.getFirst(), limit)) {
                Segment segment = segments.removeFirst();
                keptBytes -= segment.bytes();
                taken.add(segment);
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private static boolean mayLeave(Segment segment, long limit) {
        return segment.last() <= limit && !segment.isUsed();
    }

    private void delete(Segment segment) {
        segment.retire();
        try {
            directory.delete(segment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Reader reader(long afterNumber) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("queue is closed");
            }
            Density.checkPlace(afterNumber, firstNumber(), lastNumber());
            ChronicleReader reader = new ChronicleReader(this, afterNumber);
            readers.add(reader);
            return reader;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until something is behind the reader's place.
    ///
    /// @return up to which number the segment that holds the next entry can be read; null if nothing came
    @Nullable
    Extent await(ChronicleReader reader, Duration wait) throws InterruptedException {
        long nanos = wait.toNanos();
        lock.lock();
        try {
            while (true) {
                if (closed || reader.isEnded()) {
                    throw new IllegalStateException("reader, or its queue, was closed or cleared");
                }
                for (Segment segment : segments.reversed()) {
                    if (segment.first() <= Math.max(reader.place() + 1, firstNumber())
                            && segment.last() > reader.place()) {
                        return new Extent(segment, segment.last());
                    }
                }
                if (nanos <= 0) {
                    return null;
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /// A segment as far as it can be read now. Other than its last number, it does not change while a reader is in it.
    record Extent(Segment segment, long last) {}

    void forget(ChronicleReader reader) {
        lock.lock();
        try {
            readers.remove(reader);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        writing.lock();
        try {
            leaveCurrent();
            directory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writing.unlock();
        }
    }
}
