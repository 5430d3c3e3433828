package dev.parley.protocol;

import java.util.List;
import java.util.OptionalLong;

/// The problem object of RFC 9457, the same on REST and WebSocket (design section 11).
///
/// @param detail what was wanted or is wrong, with the values, then what to do
/// @param retryAfterMillis when to try again, if the server can tell
/// @param traceId names this problem in the node's log
public record Problem(
        ErrorCode code, String detail, OptionalLong retryAfterMillis, String traceId, List<FieldError> errors) {

    public Problem {
        errors = List.copyOf(errors);
    }

    /// What is wrong with one field.
    public record FieldError(String field, String reason) {}
}
