package dev.parley.client.socket;

/// Takes what arrives on a [WebSocketLink], on the thread that runs [WebSocketLink#read].
public interface FrameHandler {

    /// One text message. The bytes are only good until this returns.
    void text(byte[] buffer, int offset, int length);

    /// The answer to a ping.
    default void pong() {}

    /// Nothing more has arrived: the thread will now wait. The moment to flush what was sent meanwhile.
    default void drained() {}
}
