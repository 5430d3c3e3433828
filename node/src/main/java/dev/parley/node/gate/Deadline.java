package dev.parley.node.gate;

import java.time.Duration;

/// A moment on the monotonic clock until which an answer is wanted.
record Deadline(long nanos) {

    static Deadline after(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    boolean passed() {
        return remainingNanos() <= 0;
    }

    /// What is left, but not more than `max` and not less than a millisecond.
    Duration remaining(Duration max) {
        return Duration.ofNanos(Math.max(1_000_000, Math.min(max.toNanos(), remainingNanos())));
    }

    private long remainingNanos() {
        return nanos - System.nanoTime();
    }
}
