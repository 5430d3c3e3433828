package dev.parley.client;

import dev.parley.protocol.Problem;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// How a live session stands. Every state but [Ended] is left by itself.
public sealed interface SessionState {

    /// Connecting, or connected and catching up.
    record Connecting(URI node) implements SessionState {}

    /// Connected, and everything missed has been shown.
    record Online(URI node) implements SessionState {}

    /// The connection was lost or refused; tried again after a while.
    record Waiting(String reason, Duration pause) implements SessionState {}

    /// Over for good.
    record Ended(EndReason reason, String detail, Optional<Problem> problem) implements SessionState {}

    /// Why a session is over.
    enum EndReason {
        /// Closed by this program.
        CLOSED,
        /// A newer session of the same device took its place; connecting again would only throw that one out.
        REPLACED,
        /// The server will not have this device or this token.
        REFUSED,
        /// The listener threw: the record it was shown counts as not processed.
        LISTENER_FAILED
    }
}
