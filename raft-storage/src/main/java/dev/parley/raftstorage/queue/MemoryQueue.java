package dev.parley.raftstorage.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A queue whose files are lists.
final class MemoryQueue implements LocalQueue {
    private final String life;
    private final QueueLimits limits;
    private final DiskRoom disk;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<List<QueueEntry>> files = new ArrayList<>();
    private final List<MemoryReader> readers = new ArrayList<>();
    private boolean begun;
    private boolean closed;

    MemoryQueue(String life, QueueLimits limits, DiskRoom disk) {
        this.life = life;
        this.limits = limits;
        this.disk = disk;
    }

    String life() {
        return life;
    }

    boolean isClosed() {
        return locked(() -> closed);
    }

    void takeOver(MemoryQueue before) {
        files.addAll(before.files);
    }

    @Override
    public long lastNumber() {
        return locked(() -> files.isEmpty() ? 0 : files.getLast().getLast().number());
    }

    @Override
    public long firstNumber() {
        return locked(() -> files.isEmpty() ? 0 : files.getFirst().getFirst().number());
    }

    @Override
    public void append(List<QueueEntry> entries) throws QueueFullException {
        lock.lock();
        try {
            checkOpen();
            Density.check(lastNumber(), entries);
            limits.check(files.stream().mapToLong(QueueEntry::countedBytes).sum(), entries, disk);
            if (entries.isEmpty()) {
                return;
            }
            if (!begun || files.isEmpty() || QueueEntry.countedBytes(files.getLast()) >= limits.fileBytes()) {
                files.add(new ArrayList<>());
                begun = true;
            }
            files.getLast().addAll(entries);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void clear() {
        lock.lock();
        try {
            checkOpen();
            readers.forEach(reader -> reader.ended = true);
            readers.clear();
            files.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(long throughNumber) {
        lock.lock();
        try {
            long limit = throughNumber;
            for (MemoryReader reader : readers) {
                limit = Math.min(limit, reader.place);
            }
            while (files.size() > 1 && files.getFirst().getLast().number() <= limit) {
                files.removeFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Reader reader(long afterNumber) {
        lock.lock();
        try {
            checkOpen();
            Density.checkPlace(afterNumber, firstNumber(), lastNumber());
            MemoryReader reader = new MemoryReader(afterNumber);
            readers.add(reader);
            return reader;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("queue is closed");
        }
    }

    private <T> T locked(java.util.function.Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    private final class MemoryReader implements Reader {
        private long place;
        private boolean ended;

        MemoryReader(long place) {
            this.place = place;
        }

        @Override
        public List<QueueEntry> next(int limit, Duration wait) throws InterruptedException {
            long nanos = wait.toNanos();
            lock.lock();
            try {
                while (!closed && !ended) {
                    List<QueueEntry> found = files.stream()
                            .flatMap(List::stream)
                            .filter(entry -> entry.number() > place)
                            .limit(limit)
                            .toList();
                    if (!found.isEmpty()) {
                        place = found.getLast().number();
                        return found;
                    }
                    if (nanos <= 0) {
                        return List.of();
                    }
                    nanos = changed.awaitNanos(nanos);
                }
                throw new IllegalStateException("reader, or its queue, was closed or cleared");
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                ended = true;
                readers.remove(this);
            } finally {
                lock.unlock();
            }
        }
    }
}
