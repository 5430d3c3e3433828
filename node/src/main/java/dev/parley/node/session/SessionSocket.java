package dev.parley.node.session;

import java.io.IOException;

/// The connection under a [Session]: the edge's WebSocket, or a test's list of frames.
public interface SessionSocket {

    /// Writes bytes of whole WebSocket frames; blocks until the operating system took them. One caller at a time.
    ///
    /// @param bytes shared with other sessions: never changed
    void write(byte[] bytes) throws IOException;

    /// Closes the connection at once, also under a write that another thread is blocked in. Harmless when repeated.
    void closeNow();
}
