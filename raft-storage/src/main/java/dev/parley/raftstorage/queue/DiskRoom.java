package dev.parley.raftstorage.queue;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/// How much room the disk of the queues has. Tests give one that fills up.
public interface DiskRoom {

    /// Bytes that this process may still write.
    long freeBytes() throws IOException;

    long totalBytes() throws IOException;

    /// The disk that holds a directory.
    static DiskRoom of(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        return new DiskRoom() {
            @Override
            public long freeBytes() throws IOException {
                return store.getUsableSpace();
            }

            @Override
            public long totalBytes() throws IOException {
                return store.getTotalSpace();
            }
        };
    }
}
