package dev.parley.node.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Which data directory each other node ran on when this one met it first, kept on disk.
///
/// A replica that lost its disk has forgotten for whom it voted and what it stored: founded again as if it were
/// new, it
/// could help to elect a leader that lacks acknowledged messages. So a node with an empty directory asks the
/// others
/// whether they know it by another one. Thread-safe; blocks for a small write when a node is met first.
public final class KnownPeers {
    private static final String FILE = "known-peers";

    private final Path file;
    private final Map<String, String> incarnations = new TreeMap<>();

    /// Reads what is known.
    ///
    /// @param directory the node's data directory
    public KnownPeers(Path directory) throws IOException {
        this.file = directory.resolve(FILE);
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                int space = line.indexOf(' ');
                if (space > 0) {
                    incarnations.put(line.substring(0, space), line.substring(space + 1));
                }
            }
        }
    }

    /// Meets a node: notes it durably the first time.
    ///
    /// @return the incarnation that it is known by, if that is another one
    synchronized Optional<String> meet(String nodeId, String incarnation) {
        String known = incarnations.get(nodeId);
        if (known != null) {
            return Optional.of(known).filter(other -> !other.equals(incarnation));
        }
        incarnations.put(nodeId, incarnation);
        try {
            write();
        } catch (IOException e) {
            incarnations.remove(nodeId);
            throw new UncheckedIOException(e);
        }
        return Optional.empty();
    }

    /// Forgets the directory that a node had before: it came back empty and waits to be let in again.
    public synchronized void replace(String nodeId, String incarnation) {
        String before = incarnations.put(nodeId, incarnation);
        try {
            write();
        } catch (IOException e) {
            if (before == null) {
                incarnations.remove(nodeId);
            } else {
                incarnations.put(nodeId, before);
            }
            throw new UncheckedIOException(e);
        }
    }

    private void write() throws IOException {
        String lines = incarnations.entrySet().stream()
                .map(entry -> entry.getKey() + ' ' + entry.getValue() + '\n')
                .collect(Collectors.joining());
        Path next = file.resolveSibling(FILE + ".next");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
