package dev.parley.raftstorage.table;

/// A view that also writes, and reads its own writes. All writes of one Raft entry become durable together or not at
/// all.
public interface TableWriter extends TableReader {

    void put(Family family, byte[] key, byte[] value);

    void delete(Family family, byte[] key);
}
