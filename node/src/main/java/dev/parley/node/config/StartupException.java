package dev.parley.node.config;

/// The node cannot start here as it is configured; the message is one sentence for a person.
public final class StartupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StartupException(String message) {
        super(message);
    }

    public StartupException(String message, Throwable cause) {
        super(message, cause);
    }
}
