package dev.parley.raftstorage.ratis;

/// A group's log on this disk cannot be used; other groups may be well.
final class DamagedLogException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedLogException(String message) {
        super(message);
    }

    DamagedLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
