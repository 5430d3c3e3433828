package dev.parley.raftstorage.ratis;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the storage asks of its disk besides files. Tests give one that fills up or fails.
public interface StorageDisk {

    /// Bytes that this process may still write.
    long freeBytes(Path directory) throws IOException;

    long totalBytes(Path directory) throws IOException;

    /// Called before entries of a Raft log are forced to the disk. A throw counts as the disk having failed to.
    default void forcing() throws IOException {}

    /// The real disk.
    static StorageDisk real() {
        return new StorageDisk() {
            @Override
            public long freeBytes(Path directory) throws IOException {
                return store(directory).getUsableSpace();
            }

            @Override
            public long totalBytes(Path directory) throws IOException {
                return store(directory).getTotalSpace();
            }

            private static FileStore store(Path directory) throws IOException {
                return Files.getFileStore(directory);
            }
        };
    }
}
