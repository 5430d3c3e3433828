package dev.parley.protocol;

/// The WebSocket close codes of Parley (design section 11): 4000-4499 reconnect and resume, but 4401 and 4500-4999 are
/// final.
public enum CloseCode {
    NORMAL(1000, "normal"),
    GOING_AWAY(1001, "going-away"),
    PROTOCOL_ERROR(1002, "protocol-error"),
    UNSUPPORTED_DATA(1003, "text-frames-only"),
    INVALID_UTF8(1007, "invalid-utf-8"),
    TOO_LARGE(1009, "too-large"),
    INTERNAL(1011, "internal"),
    RESTARTING(1012, "restarting"),
    TRY_AGAIN_LATER(1013, "try-again-later"),
    RESYNC(4000, "resync"),
    SILENT(4001, "silent"),
    SLOW_CONSUMER(4008, "slow-consumer"),
    REPLACED(4009, "replaced"),
    RATE(4029, "rate-limited"),
    DEVICE_REVOKED(4401, "device-revoked"),
    TOKEN_EXPIRED(4402, "token-expired");

    private final int code;
    private final String reason;

    CloseCode(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }
}
