package dev.parley.node.health;

import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/// Figures of what clients ask of this node. Thread-safe.
public final class TrafficMetrics {
    private final NodeMetrics.Count<SendOutcome> sends;
    private final NodeMetrics.Durations sendDurations;

    /// Adds the figures.
    ///
    /// @param sessions live sessions on this node
    public TrafficMetrics(NodeMetrics metrics, IntSupplier sessions) {
        metrics.gauge("parley_sessions", "Live WebSocket sessions on this node.", sessions::getAsInt);
        sends = metrics.count(
                "parley_sends",
                "Messages that clients of this node posted, by what became of them.",
                "outcome",
                SendOutcome.class);
        sendDurations = metrics.durations(
                "parley_send_seconds", "Time from the posting of a message at this node to its answer.");
    }

    /// Adds how much waits for clients.
    ///
    /// @param queuedBytes in all sessions of this node
    public static void registerQueues(NodeMetrics metrics, LongSupplier queuedBytes) {
        metrics.gauge(
                "parley_session_queued_bytes",
                "Bytes that wait for the clients of this node, in all sessions together.",
                queuedBytes::getAsLong);
    }

    /// Adds how much was sent to clients as it happened.
    ///
    /// @param delivered records, one for each live session
    public static void registerDeliveries(NodeMetrics metrics, LongSupplier delivered) {
        metrics.count(
                "parley_deliveries",
                "Records handed to live sessions of this node, one for each session.",
                delivered::getAsLong);
    }

    void sendAnswered(SendOutcome outcome, Duration took) {
        sends.add(outcome);
        sendDurations.add(took);
    }

    /// What became of a message.
    enum SendOutcome {
        ACCEPTED,
        DUPLICATE,
        /// A rule said no.
        REFUSED,
        /// Nothing happened, it may be tried again.
        UNAVAILABLE,
        /// It may have happened.
        UNKNOWN
    }
}
