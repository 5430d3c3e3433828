package dev.parley.raftstorage.queue;

/// The disk holds something else than what was appended. Opening the queue anew sets it aside.
public final class DamagedQueueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DamagedQueueException(String message) {
        super(message);
    }

    public DamagedQueueException(String message, Throwable cause) {
        super(message, cause);
    }
}
