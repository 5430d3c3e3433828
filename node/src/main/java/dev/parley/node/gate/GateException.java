package dev.parley.node.gate;

import dev.parley.protocol.ErrorCode;

/// No answer could be had: says whether the command may have been carried out ([ErrorCode#effect]).
public final class GateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public GateException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
