package dev.parley.raftstorage;

import java.util.List;

/// A checkpoint of one group that stays readable until closed, here or on another node.
public interface SnapshotSession extends AutoCloseable {

    Manifest manifest();

    /// Bytes of one file from an offset, at most `length`; empty at the end of the file.
    byte[] read(String file, long offset, int length) throws SnapshotException;

    @Override
    void close();

    /// What the checkpoint holds.
    ///
    /// @param term and `logIndex`: the last entry that the checkpoint holds
    record Manifest(GroupId group, long term, long logIndex, List<File> files) {
        public Manifest {
            files = List.copyOf(files);
        }
    }

    /// One file of it.
    ///
    /// @param sha256 of the whole file, lower-case hex
    record File(String name, long bytes, String sha256) {}
}
