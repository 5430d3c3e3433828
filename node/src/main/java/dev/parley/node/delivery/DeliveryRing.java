package dev.parley.node.delivery;

import dev.parley.chat.RecordBody;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The newest deliveries of one partition, as its replica on this node applied them. Bounded in bytes: who is
/// further
/// behind reads the archive. The apply thread appends, any thread reads.
public final class DeliveryRing implements DeliverySink {

    /// About 4 MB per partition: some seconds of full load.
    private static final long BYTES_MAX = 4L << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grew = lock.newCondition();
    private final ArrayDeque<Delivery> newest = new ArrayDeque<>();
    private long bytes;
    private long nextNumber = 1;
    private long notedThrough;

    /// What a reader finds behind a position.
    public sealed interface Found {
        /// In order, without a hole; empty when there is nothing newer.
        record Here(List<Delivery> deliveries) implements Found {}

        /// Older than the ring holds.
        record InArchive() implements Found {}

        /// Newer than anything this replica applied: it is behind, or the position is of another life.
        record NotYet() implements Found {}
    }

    @Override
    public void reset(long next) {
        lock.lock();
        try {
            newest.clear();
            bytes = 0;
            nextNumber = next;
            grew.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void append(List<Delivery> deliveries) {
        lock.lock();
        try {
            for (Delivery delivery : deliveries) {
                if (delivery.number() != nextNumber) {
                    throw new IllegalStateException(
                            "delivery " + delivery.number() + " where " + nextNumber + " is next");
                }
                nextNumber++;
                newest.add(delivery);
                bytes += size(delivery);
            }
            while (bytes > BYTES_MAX && newest.size() > 1) {
                bytes -= size(newest.removeFirst());
            }
            grew.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The number of the newest delivery; 0 if there was none.
    public long newest() {
        lock.lock();
        try {
            return nextNumber - 1;
        } finally {
            lock.unlock();
        }
    }

    /// The deliveries up to this number are noted in the lists of users. Never falls, so what was known when
    /// this replica
    /// led stays true.
    void noted(long throughNumber) {
        lock.lock();
        try {
            if (throughNumber > notedThrough) {
                notedThrough = throughNumber;
                grew.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The deliveries up to this number are known to be noted in the lists of users.
    long notedThrough() {
        lock.lock();
        try {
            return notedThrough;
        } finally {
            lock.unlock();
        }
    }

    /// Deliveries behind a position, at most `limit`; waits if there is none, but only while no more is noted
    /// than is
    /// known already.
    public Found after(long number, long knownNoted, int limit, Duration wait) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = wait.toNanos();
            while (number == nextNumber - 1 && notedThrough <= knownNoted && nanos > 0) {
                nanos = grew.awaitNanos(nanos);
            }
            if (number >= nextNumber) {
                return new Found.NotYet();
            }
            if (number == nextNumber - 1) {
                return new Found.Here(List.of());
            }
            long oldest = nextNumber - newest.size();
            if (number + 1 < oldest) {
                return new Found.InArchive();
            }
            List<Delivery> found = new ArrayList<>();
            // From the newest backwards: a reader that keeps up takes a few from the end of a long ring.
            int skip = (int) (number + 1 - oldest);
            var backwards = newest.descendingIterator();
            for (int left = newest.size() - skip; left > 0; left--) {
                Delivery delivery = backwards.next();
                if (left <= limit) {
                    found.addFirst(delivery);
                }
            }
            return new Found.Here(found);
        } finally {
            lock.unlock();
        }
    }

    private static long size(Delivery delivery) {
        return switch (delivery.event()) {
            // Recipient ids are shared with the machine's roster: only the references count here.
            case Delivery.RecordAdded added -> 300 + 8L * added.recipientIds().size() + bodySize(added);
            case Delivery.CursorMoved moved -> 200 + 8L * moved.recipientIds().size();
            case Delivery.ListsChanged changed -> 100 + 400L * changed.changes().size();
            case Delivery.MuteChanged _, Delivery.DeviceRevoked _, Delivery.Retried _, Delivery.Unreadable _ -> 200;
        };
    }

    private static long bodySize(Delivery.RecordAdded added) {
        return switch (added.record().body()) {
            case RecordBody.Text(String text) -> 2L * text.length();
            case RecordBody.MembershipChange _ -> 100;
        };
    }
}
