package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotSession;
import dev.parley.raftstorage.rocks.AppliedPosition;
import dev.parley.raftstorage.rocks.RocksTables;
import dev.parley.raftstorage.rocks.TablesException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A checkpoint on this node's disk, of links to the files of the live tables. It keeps their space from being freed
/// until it is closed.
final class CheckpointSession implements SnapshotSession {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointSession.class);
    private static final AtomicLong NUMBER = new AtomicLong();
    private static final int BUFFER_BYTES = 64 << 10;

    /// Whatever a reader asks for, it gets no more at once.
    private static final int READ_BYTES_MAX = 4 << 20;

    private final Path directory;
    private final Manifest manifest;

    private CheckpointSession(Path directory, Manifest manifest) {
        this.directory = directory;
        this.manifest = manifest;
    }

    /// Makes a checkpoint of the group's tables as they are now. Blocks for a flush and for reading all files once.
    static CheckpointSession open(TablesSlot slot) throws SnapshotException {
        Path parent = slot.directories().checkpoints(slot.group());
        Path directory = parent.resolve(Long.toString(NUMBER.incrementAndGet()));
        try {
            Files.createDirectories(parent);
            slot.current().checkpoint(directory);
            AppliedPosition position = RocksTables.positionOf(slot.runtime(), directory);
            List<File> files = describe(directory);
            return new CheckpointSession(
                    directory, new Manifest(slot.group(), position.term(), position.logIndex(), files));
        } catch (IOException | TablesException e) {
            delete(directory);
            throw new SnapshotException("cannot make a checkpoint of " + slot.group(), e);
        }
    }

    @Override
    public Manifest manifest() {
        return manifest;
    }

    @Override
    public byte[] read(String file, long offset, int length) throws SnapshotException {
        File known = manifest.files().stream()
                .filter(candidate -> candidate.name().equals(file))
                .findFirst()
                .orElseThrow(() -> new SnapshotException("no such file in the checkpoint: " + file));
        if (offset < 0 || length < 0) {
            throw new SnapshotException("offset " + offset + " and length " + length + " must not be negative");
        }
        int wanted = Math.toIntExact(Math.clamp(known.bytes() - offset, 0, Math.min(length, READ_BYTES_MAX)));
        ByteBuffer buffer = ByteBuffer.allocate(wanted);
        try (FileChannel channel = FileChannel.open(directory.resolve(file), StandardOpenOption.READ)) {
            while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) >= 0) {
                // read on until the file ends or the buffer is full
            }
        } catch (IOException e) {
            throw new SnapshotException("cannot read the checkpoint: file=" + file, e);
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    @Override
    public void close() {
        delete(directory);
    }

    /// The files that make a database; not the logs that opening it wrote.
    private static List<File> describe(Path directory) throws IOException {
        List<Path> paths;
        try (Stream<Path> list = Files.list(directory)) {
            paths = list.filter(Files::isRegularFile)
                    .filter(path -> isContent(path.getFileName().toString()))
                    .sorted()
                    .toList();
        }
        List<File> files = new ArrayList<>();
        for (Path path : paths) {
            files.add(new File(path.getFileName().toString(), Files.size(path), sha256(path)));
        }
        return files;
    }

    private static boolean isContent(String name) {
        return !name.startsWith("LOG") && !name.equals("LOCK") && !name.endsWith(".log");
    }

    private static String sha256(Path path) throws IOException {
        MessageDigest digest = SnapshotInstaller.sha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(path)) {
            int count = in.read(buffer);
            while (count >= 0) {
                digest.update(buffer, 0, count);
                count = in.read(buffer);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void delete(Path directory) {
        try {
            DurableFiles.deleteTree(directory);
        } catch (IOException e) {
            // Left for the next start, which deletes all checkpoints.
            LOG.warn("checkpoint stays: directory={}", directory, e);
        }
    }
}
