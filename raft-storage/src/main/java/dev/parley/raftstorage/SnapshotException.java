package dev.parley.raftstorage;

/// A snapshot could not be made, fetched or verified; the replica is as it was.
public final class SnapshotException extends Exception {
    private static final long serialVersionUID = 1L;

    public SnapshotException(String message) {
        super(message);
    }

    public SnapshotException(String message, Throwable cause) {
        super(message, cause);
    }
}
