package dev.parley.node.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/// Where backups are kept: named objects that are written once. The port that a directory implements, and that
/// any
/// object store can.
///
/// Names are ASCII, their parts separated by slashes.
interface BackupStore {

    boolean exists(String name) throws IOException;

    /// The content of an object.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is none
    InputStream read(String name) throws IOException;

    /// Writes an object, replacing one of that name. It is there, whole and durable, when this returns; until
    /// then, and
    /// if the content throws, nobody sees anything of it.
    void write(String name, Content content) throws IOException;

    /// The objects whose name starts with the prefix, by name.
    List<Stored> list(String prefix) throws IOException;

    /// Does nothing if there is none.
    void delete(String name) throws IOException;

    /// Keeps others from writing and deleting until it is closed.
    ///
    /// @throws BackupException if another process does so now
    Lock lock() throws IOException;

    /// Deletes what writes that were interrupted left behind; only under the lock.
    ///
    /// @return how many bytes that was
    long sweep() throws IOException;

    /// An object that is there.
    record Stored(String name, long bytes) {}

    /// Writes an object's bytes.
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /// The right to write.
    interface Lock extends AutoCloseable {
        @Override
        void close() throws IOException;
    }
}
