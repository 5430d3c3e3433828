package dev.parley.node.config;

/// The configuration cannot be used; the message is one sentence for a person, with file, line and key.
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
