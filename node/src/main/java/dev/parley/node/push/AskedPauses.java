package dev.parley.node.push;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Until when providers asked to be left alone with an endpoint (`Retry-After`): the next message to it waits
/// too, not
/// only the push that was answered so. Bounded: what was asked longest ago is forgotten first. Thread-safe.
final class AskedPauses {
    private static final int ENDPOINTS_MAX = 10_000;

    /// A provider that asks for more is not believed.
    private static final Duration LONGEST = Duration.ofHours(24);

    private final Map<PushEndpoint, Long> untilNanos = new LinkedHashMap<>();

    synchronized void keep(PushEndpoint endpoint, Duration pause) {
        Duration kept = pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
        untilNanos.remove(endpoint);
        untilNanos.put(endpoint, System.nanoTime() + kept.toNanos());
        if (untilNanos.size() > ENDPOINTS_MAX) {
            untilNanos.remove(untilNanos.keySet().iterator().next());
        }
    }

    /// How long the endpoint is still to be left alone; empty if it is not.
    synchronized Optional<Duration> left(PushEndpoint endpoint) {
        Long until = untilNanos.get(endpoint);
        if (until == null) {
            return Optional.empty();
        }
        long left = until - System.nanoTime();
        if (left <= 0) {
            untilNanos.remove(endpoint);
            return Optional.empty();
        }
        return Optional.of(Duration.ofNanos(left));
    }
}
