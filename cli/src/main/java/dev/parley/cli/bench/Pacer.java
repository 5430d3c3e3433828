package dev.parley.cli.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The open loop: message i of all is due at start + i / rate, whatever the server does; one that goes out late
/// counts
/// from when it was due. Runs on one thread.
final class Pacer {

    /// Messages on their way over all authors, above which new ones count as errors instead of being sent: the
    /// server is
    /// that far behind, and the bench's memory is not endless.
    private static final int PENDING_MAX = 500_000;

    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<Author> authors;
    private final long ratePerSecond;
    private final Meters meters;

    Pacer(List<Author> authors, long ratePerSecond, Meters meters) {
        this.authors = authors;
        this.ratePerSecond = ratePerSecond;
        this.meters = meters;
    }

    /// Sends until a moment.
    void run(long endNanos) {
        long start = System.nanoTime();
        long sent = 0;
        while (true) {
            long now = System.nanoTime();
            if (now - endNanos >= 0 || Thread.currentThread().isInterrupted()) {
                return;
            }
            long due = due(now - start, ratePerSecond);
            long first = sent;
            boolean full = sent < due && pending() > PENDING_MAX;
            for (; sent < due; sent++) {
                if (full) {
                    meters.errors.increment();
                } else {
                    Author author = authors.get((int) (sent % authors.size()));
                    author.sender().sendNew(start + intended(sent, ratePerSecond), false);
                }
            }
            for (long i = first; i < Math.min(sent, first + authors.size()); i++) {
                authors.get((int) (i % authors.size())).sender().drained();
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    /// How many messages should have been sent by now: the first one at the start.
    static long due(long elapsedNanos, long ratePerSecond) {
        return elapsedNanos / 1_000 * ratePerSecond / 1_000_000 + 1;
    }

    /// When a message should be sent, in nanoseconds from the start; messages count from 0.
    static long intended(long message, long ratePerSecond) {
        return message * 1_000_000_000L / ratePerSecond;
    }

    private long pending() {
        return authors.stream().mapToLong(author -> author.log().pending()).sum();
    }
}
