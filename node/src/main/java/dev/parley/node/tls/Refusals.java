package dev.parley.node.tls;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears of every certificate that was refused on one port: counts all, logs one a minute for each reason.
/// Thread-safe.
public final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final Duration QUIET = Duration.ofMinutes(1);

    /// The ports between nodes.
    public enum Port {
        RAFT,
        PEER
    }

    /// Counts.
    @FunctionalInterface
    public interface Count {
        void refused(Port port, Refusal reason);
    }

    private final Port port;
    private final Count count;
    private final LongSupplier nanoTime;
    private final Map<Refusal, Long> logged = new ConcurrentHashMap<>();

    public Refusals(Port port, Count count, LongSupplier nanoTime) {
        this.port = port;
        this.count = count;
        this.nanoTime = nanoTime;
    }

    /// One was refused.
    void heard(Refusal reason, String subject) {
        count.refused(port, reason);
        long now = nanoTime.getAsLong();
        Long before = logged.get(reason);
        boolean loud = before == null
                ? logged.putIfAbsent(reason, now) == null
                : now - before >= QUIET.toNanos() && logged.replace(reason, before, now);
        if (loud) {
            LOG.warn("certificate refused: port={} reason={} subject=\"{}\"", port, reason, subject);
        }
    }
}
