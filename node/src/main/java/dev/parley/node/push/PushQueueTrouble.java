package dev.parley.node.push;

/// When the local queue of pushes proved broken, and was begun anew.
public enum PushQueueTrouble {
    /// It was damaged, or of another life, when the node started.
    START,
    /// A lane read something else than what was appended.
    READ,
    /// It could not be appended to, or its old files could not be deleted.
    APPEND
}
