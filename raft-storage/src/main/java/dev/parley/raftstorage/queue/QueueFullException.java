package dev.parley.raftstorage.queue;

/// A queue or its disk has no room for more. Nothing was appended.
public final class QueueFullException extends Exception {
    private static final long serialVersionUID = 1L;

    public QueueFullException(String message) {
        super(message);
    }
}
