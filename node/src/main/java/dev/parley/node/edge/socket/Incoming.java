package dev.parley.node.edge.socket;

/// What one frame from the client brought.
sealed interface Incoming {

    /// A whole text message, valid UTF-8, from one frame or from fragments.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Text(byte[] utf8) implements Incoming {}

    /// A part of a message that goes on.
    record Fragment() implements Incoming {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Ping(byte[] payload) implements Incoming {}

    record Pong() implements Incoming {}

    /// The client's side of the close handshake.
    ///
    /// @param goodbye whether it leaves on purpose: without a code, or with 1000 or 1001
    record Close(boolean goodbye) implements Incoming {}
}
