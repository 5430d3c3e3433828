package dev.parley.node.health;

import java.util.function.IntSupplier;

/// Figures of what nodes tell each other one way. Thread-safe.
public final class NoticeMetrics {
    private final NodeMetrics.Count<Kind> dropped;

    /// Adds who is here, of the users whose partitions this node leads.
    public static void registerPresence(NodeMetrics metrics, IntSupplier online) {
        metrics.gauge(
                "parley_presence_users", "Users online, of those whose partitions this node leads.", online::getAsInt);
    }

    /// Adds the figures.
    public NoticeMetrics(NodeMetrics metrics) {
        dropped = metrics.count(
                "parley_notices_dropped",
                "Notices for other nodes that were dropped because too many were waiting.",
                "kind",
                Kind.class);
    }

    /// One notice was dropped.
    public void dropped(Kind kind) {
        dropped.add(kind);
    }

    /// What a notice is about.
    public enum Kind {
        TYPING,
        PRESENCE
    }
}
