package dev.parley.node.log;

/// Bytes of the log that this Parley does not understand: written by a newer one, or damaged.
///
/// A replica must not go on without a command that others apply, so nobody catches this: it fences the group here.
public final class UnknownCommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnknownCommandException(String message) {
        super(message);
    }

    public UnknownCommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
