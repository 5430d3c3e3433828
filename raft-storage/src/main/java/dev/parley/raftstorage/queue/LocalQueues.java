package dev.parley.raftstorage.queue;

/// Opens the queues of a node.
public interface LocalQueues {

    /// Opens a queue, with what it held if that is whole and of the same life; else it is set aside and begun empty.
    /// An entry at the very end that a crash left half written is dropped.
    ///
    /// @param name lower-case letters, digits and `-`; open once at a time
    /// @param life an id of the data that the numbers belong to: with another, they mean something else
    LocalQueue open(String name, String life);
}
