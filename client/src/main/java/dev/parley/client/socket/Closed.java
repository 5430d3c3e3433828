package dev.parley.client.socket;

/// How a connection ended.
///
/// @param code the peer's close code; [#ABNORMAL] if the connection broke without one
public record Closed(int code, String reason) {

    /// The code that RFC 6455 reserves for an end without a close frame.
    public static final int ABNORMAL = 1006;

    /// The code that RFC 6455 reserves for a close frame without a code.
    public static final int NO_CODE = 1005;
}
