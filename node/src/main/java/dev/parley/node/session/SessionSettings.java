package dev.parley.node.session;

import dev.parley.protocol.Limits;
import java.time.Duration;

/// The bounds of each session (design section 9).
///
/// @param outboundBytesMax bytes that wait for or are in a write; more closes the session with 4008
/// @param writeMax how long one write may take before the session is closed with 4008
/// @param pingEvery how often the server pings
/// @param silenceMax how long a client may say nothing, not even a pong, before 4001
/// @param closeGrace how long a closing session may take until its connection is cut
/// @param unansweredMax what a client may have sent without an answer before it is read no further
public record SessionSettings(
        int outboundBytesMax,
        Duration writeMax,
        Duration pingEvery,
        Duration silenceMax,
        Duration closeGrace,
        Unanswered unansweredMax) {

    /// A bound on requests under way.
    public record Unanswered(int requests, int bytes) {}

    public static SessionSettings defaults() {
        return new SessionSettings(
                256 * 1024,
                Duration.ofSeconds(10),
                Limits.HEARTBEAT,
                Duration.ofSeconds(75),
                Duration.ofSeconds(5),
                new Unanswered(1_024, 1024 * 1024));
    }

    public SessionSettings withOutboundBytesMax(int bytes) {
        return new SessionSettings(bytes, writeMax, pingEvery, silenceMax, closeGrace, unansweredMax);
    }

    public SessionSettings withWriteMax(Duration time) {
        return new SessionSettings(outboundBytesMax, time, pingEvery, silenceMax, closeGrace, unansweredMax);
    }

    public SessionSettings withCloseGrace(Duration time) {
        return new SessionSettings(outboundBytesMax, writeMax, pingEvery, silenceMax, time, unansweredMax);
    }

    public SessionSettings withUnansweredMax(Unanswered bound) {
        return new SessionSettings(outboundBytesMax, writeMax, pingEvery, silenceMax, closeGrace, bound);
    }
}
