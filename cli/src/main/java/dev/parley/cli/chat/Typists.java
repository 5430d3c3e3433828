package dev.parley.cli.chat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// Who is typing, as far as was heard: each for some seconds after the last news. Thread-safe.
final class Typists {
    /// A client says it again every three seconds.
    static final Duration BELIEVED = Duration.ofSeconds(6);

    private final LongSupplier nanoTime;
    private final Map<String, Long> until = new TreeMap<>();

    Typists(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void heard(String userId, boolean active) {
        if (active) {
            until.put(userId, nanoTime.getAsLong() + BELIEVED.toNanos());
        } else {
            until.remove(userId);
        }
    }

    synchronized List<String> now() {
        long now = nanoTime.getAsLong();
        until.values().removeIf(end -> now - end >= 0);
        return List.copyOf(until.keySet());
    }
}
