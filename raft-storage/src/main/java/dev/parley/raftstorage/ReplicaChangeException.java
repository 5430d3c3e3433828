package dev.parley.raftstorage;

/// A change of a group's replicas was not made.
public final class ReplicaChangeException extends Exception {
    private static final long serialVersionUID = 1L;

    public ReplicaChangeException(String message) {
        super(message);
    }

    public ReplicaChangeException(String message, Throwable cause) {
        super(message, cause);
    }
}
