package dev.parley.protocol;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Every problem that a client can meet. The wire value is the name in kebab-case and never changes its meaning.
public enum ErrorCode {
    MALFORMED(400, Effect.NONE, false, "The request could not be understood"),
    TOKEN_MISSING(401, Effect.NONE, false, "A bearer token is required"),
    TOKEN_INVALID(401, Effect.NONE, false, "The token is not valid"),
    TOKEN_EXPIRED(401, Effect.NONE, false, "The token has expired"),
    DEVICE_REVOKED(401, Effect.NONE, false, "The device was revoked"),
    NOT_A_MEMBER(403, Effect.NONE, false, "The caller is not a member of the conversation"),
    WRONG_SENDER(403, Effect.NONE, false, "The senderId is not the caller"),
    BLOCKED(403, Effect.NONE, false, "The other user has blocked the caller"),
    ROLE_REQUIRED(403, Effect.NONE, false, "The caller's role does not allow this"),
    FORBIDDEN(403, Effect.NONE, false, "This is not allowed"),
    CONVERSATION_UNKNOWN(404, Effect.NONE, false, "There is no such conversation"),
    USER_UNKNOWN(404, Effect.NONE, false, "There is no such user"),
    DEVICE_UNKNOWN(404, Effect.NONE, false, "There is no such device"),
    PATH_UNKNOWN(404, Effect.NONE, false, "There is nothing at this path"),
    METHOD_UNKNOWN(405, Effect.NONE, false, "This path does not take this method"),
    CLIENT_MESSAGE_ID_REUSED(409, Effect.NONE, false, "The clientMessageId was used with another body"),
    CLIENT_CONVERSATION_ID_REUSED(409, Effect.NONE, false, "The clientConversationId was used for another group"),
    TOO_LARGE(413, Effect.NONE, false, "The request is over a limit"),
    INVALID_FIELD(422, Effect.NONE, false, "A field has a value that is not allowed"),
    RATE_LIMITED(429, Effect.NONE, true, "Too many requests"),
    OVERLOADED(503, Effect.NONE, true, "The server is overloaded"),
    NO_LEADER(503, Effect.NONE, true, "The partition has no leader now"),
    DRAINING(503, Effect.NONE, true, "The node is shutting down"),
    DISK_LOW(503, Effect.NONE, true, "The node is short of disk space"),
    OUTCOME_UNKNOWN(504, Effect.UNKNOWN, true, "The request may or may not have been carried out"),
    INTERNAL(500, Effect.UNKNOWN, true, "Something is broken on the server");

    /// Whether the request may have been carried out all the same.
    public enum Effect {
        NONE,
        UNKNOWN
    }

    private final int status;
    private final Effect effect;
    private final boolean retryable;
    private final String title;

    ErrorCode(int status, Effect effect, boolean retryable, String title) {
        this.status = status;
        this.effect = effect;
        this.retryable = retryable;
        this.title = title;
    }

    /// The HTTP status.
    public int status() {
        return status;
    }

    public Effect effect() {
        return effect;
    }

    /// Whether the same request, sent again unchanged, may succeed.
    public boolean retryable() {
        return retryable;
    }

    public String title() {
        return title;
    }

    /// The stable wire value, such as `not-a-member`.
    public String wire() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The code of a wire value; empty if this version does not know it.
    public static Optional<ErrorCode> ofWire(String wire) {
        return Arrays.stream(values()).filter(code -> code.wire().equals(wire)).findFirst();
    }
}
