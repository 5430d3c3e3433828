package dev.parley.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next attempt: doubled each time up to a limit, and anywhere between half and all of it,
/// so
/// that the clients of a node that failed do not come back in step. Not safe for several threads.
final class BackOff {

    private static final int DOUBLINGS_MAX = 20;

    private final Duration min;
    private final Duration max;
    private final RandomGenerator random;
    private int failures;

    BackOff(Duration min, Duration max, RandomGenerator random) {
        this.min = min;
        this.max = max;
        this.random = random;
    }

    Duration next() {
        long full = Math.min(max.toMillis(), min.toMillis() << Math.min(failures, DOUBLINGS_MAX));
        failures++;
        return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
    }

    void reset() {
        failures = 0;
    }
}
