package dev.parley.node.session;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// How far the deliveries of each partition have come: to the sessions of this node, and to the lists of users.
/// Thread-safe.
public final class Positions {
    private final AtomicLongArray delivered;
    private final AtomicLongArray noted;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    public Positions(int partitions) {
        this.delivered = new AtomicLongArray(partitions);
        this.noted = new AtomicLongArray(partitions);
    }

    int partitions() {
        return delivered.length();
    }

    /// Every session has been handed the partition's deliveries up to this number. Said after they were.
    void delivered(int partition, long number) {
        delivered.set(partition, number);
    }

    /// The number of the last delivery that every session has been handed.
    long delivered(int partition) {
        return delivered.get(partition);
    }

    /// The lists of users know the partition's deliveries up to this number.
    void noted(int partition, long throughNumber) {
        if (noted.getAndAccumulate(partition, throughNumber, Math::max) < throughNumber) {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /// How far the lists of users know the partition's deliveries.
    long noted(int partition) {
        return noted.get(partition);
    }

    /// Waits until some list knows more, or for the time given.
    ///
    /// @param enough asked first, and again after each change
    void awaitNoted(BooleanSupplier enough, Duration atMost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = atMost.toNanos();
            while (!enough.getAsBoolean() && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
