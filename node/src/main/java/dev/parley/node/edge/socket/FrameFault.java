package dev.parley.node.edge.socket;

import dev.parley.protocol.CloseCode;

/// The client broke RFC 6455 or a limit of ours: where its next frame begins is unknown or does not matter.
final class FrameFault extends Exception {
    private static final long serialVersionUID = 1L;

    private final CloseCode code;

    FrameFault(CloseCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    CloseCode code() {
        return code;
    }
}
