package dev.parley.node.health;

import dev.parley.protocol.CloseCode;
import java.time.Duration;
import java.util.function.IntSupplier;

/// Figures of what clients ask of this node. Called from connection threads.
public final class TrafficMetrics {
    private final NodeMetrics.Count<SendOutcome> sends;
    private final NodeMetrics.Durations sendDurations;
    private final NodeMetrics.Count<StatusClass> requests;
    private final NodeMetrics.Count<CloseCode> sessionEnds;

    /// Adds the figures.
    ///
    /// @param sessions live sessions on this node
    public TrafficMetrics(NodeMetrics metrics, IntSupplier sessions) {
        metrics.gauge("parley_sessions", "Live WebSocket sessions on this node.", sessions::getAsInt);
        sends = metrics.count(
                "parley_sends",
                "Messages that clients asked this node to post, by what they were answered.",
                "outcome",
                SendOutcome.class);
        sendDurations =
                metrics.durations("parley_send_seconds", "Time from a message's arrival at this node to its answer.");
        requests = metrics.count(
                "parley_http_requests", "REST calls answered, by class of status.", "status", StatusClass.class);
        sessionEnds = metrics.count(
                "parley_sessions_ended", "WebSocket sessions that ended, by close code.", "reason", CloseCode.class);
    }

    /// A message was answered.
    public void sendAnswered(SendOutcome outcome, Duration took) {
        sends.add(outcome);
        sendDurations.add(took);
    }

    /// A REST call was answered.
    public void requestAnswered(int status) {
        requests.add(
                switch (status / 100) {
                    case 5 -> StatusClass.SERVER_ERROR;
                    case 4 -> StatusClass.CLIENT_ERROR;
                    default -> StatusClass.SUCCESS;
                });
    }

    /// A session ended.
    public void sessionEnded(CloseCode reason) {
        sessionEnds.add(reason);
    }

    public enum SendOutcome {
        ACCEPTED,
        DUPLICATE,
        /// The client's mistake, or a rule said no.
        REFUSED,
        /// Nothing happened, try again.
        UNAVAILABLE,
        UNKNOWN
    }

    public enum StatusClass {
        SUCCESS,
        CLIENT_ERROR,
        SERVER_ERROR
    }
}
