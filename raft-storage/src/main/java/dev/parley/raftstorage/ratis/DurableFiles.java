package dev.parley.raftstorage.ratis;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Changes of files and directories that are on the disk when the call returns.
final class DurableFiles {
    private DurableFiles() {}

    /// Forces a file's content, or a directory's list of names.
    static void sync(Path path) throws IOException {
        StandardOpenOption mode = Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
        try (FileChannel channel = FileChannel.open(path, mode)) {
            channel.force(true);
        }
    }

    static void write(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        sync(file);
        sync(parent(file));
    }

    /// Renames within one file system; the target must not exist.
    static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        sync(parent(to));
        if (!parent(from).equals(parent(to))) {
            sync(parent(from));
        }
    }

    static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            sync(parent(file));
        }
    }

    /// Deletes a directory with all that is in it, if it exists.
    static void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
        sync(parent(directory));
    }

    private static Path parent(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("no parent directory: " + path);
        }
        return parent;
    }
}
