package dev.parley.node.push;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// How long to wait before a push is tried again: twice as long after each try, a random part of it, so that what
/// failed
/// together does not come back together; and never less than the provider asked for.
public final class BackOff {
    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /// A provider that asks for more is not believed.
    private static final Duration ASKED_MAX = Duration.ofHours(24);

    private static final int DOUBLINGS_MAX = 20;

    /// Of the time that a provider asked for, what is added at random at most.
    private static final double SPREAD = 0.25;

    private final RandomGenerator random;

    public BackOff(RandomGenerator random) {
        this.random = random;
    }

    /// The pause after some tries.
    ///
    /// @param tries how often it was tried, from 1
    /// @param retryAfter what the provider asked for
    public Duration nextDelay(int tries, Optional<Duration> retryAfter) {
        int doublings = Math.clamp(tries - 1L, 0, DOUBLINGS_MAX);
        long full = Math.min(FIRST.toMillis() << doublings, LONGEST.toMillis());
        long own = full / 2 + random.nextLong(full / 2 + 1);
        long asked = retryAfter
                .map(wanted -> Math.clamp(wanted.toMillis(), 0, ASKED_MAX.toMillis()))
                .orElse(0L);
        long spread = asked + (long) (asked * SPREAD * random.nextDouble());
        return Duration.ofMillis(Math.max(own, spread));
    }
}
