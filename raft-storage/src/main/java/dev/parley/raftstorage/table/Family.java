package dev.parley.raftstorage.table;

/// The column families of a replica. Few on purpose: each has its own memtable in every partition.
public enum Family {
    /// Records of conversations: append and range reads.
    LOG,
    /// All other state: point reads and short scans.
    STATE,
    /// Rows that live shortly: written once, read in order, deleted.
    QUEUE
}
