package dev.parley.raftstorage.chronicle;

import dev.parley.raftstorage.queue.DamagedQueueException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Where a queue lies: `NAME/life`, a directory per segment, named by its first number, and `NAME.lock`.
final class QueueDirectory implements AutoCloseable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String SEGMENT = "\\d{19}";
    private static final String LEAVING = ".leaving";

    private final Path root;
    private final String name;
    private final Path directory;
    private final FileChannel lock;

    /// @throws IllegalStateException if the queue is open already, here or in another process
    QueueDirectory(Path root, String name) throws IOException {
        this.root = root;
        this.name = name;
        this.directory = root.resolve(name);
        Files.createDirectories(root);
        this.lock = FileChannel.open(root.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isLocked(lock)) {
            lock.close();
            throw new IllegalStateException("queue " + name + " is open already");
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock taken = channel.tryLock();
            return taken != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /// The segments, oldest first, each as far as it is whole.
    ///
    /// @throws DamagedQueueException if this is not a whole queue of that life
    List<Segment> load(String life) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        Path lifeFile = directory.resolve("life");
        String found = Files.exists(lifeFile) ? Files.readString(lifeFile) : "";
        if (!found.equals(life)) {
            throw new DamagedQueueException("another life: " + found + " instead of " + life);
        }
        List<Segment> segments = new ArrayList<>();
        for (Path path : children(directory)) {
            String child = path.getFileName().toString();
            if (child.endsWith(LEAVING)) {
                deleteTree(path);
            } else if (child.matches(SEGMENT)) {
                segments.add(SegmentScan.scan(path, Long.parseLong(child)));
            }
        }
        if (!segments.isEmpty()
                && segments.getLast().last() < segments.getLast().first()) {
            delete(segments.removeLast());
        }
        checkDense(segments);
        return segments;
    }

    private static void checkDense(List<Segment> segments) {
        for (int i = 1; i < segments.size(); i++) {
            long due = segments.get(i - 1).last() + 1;
            if (segments.get(i).first() != due) {
                throw new DamagedQueueException(
                        "file of entry " + segments.get(i).first() + " where " + due + " is due");
            }
        }
    }

    /// Makes the directory, if it is not there, and says in it whose numbers these are.
    void begin(String life) throws IOException {
        if (Files.exists(directory)) {
            return;
        }
        Path unborn = root.resolve(name + ".new");
        deleteTree(unborn);
        Files.createDirectory(unborn);
        Path lifeFile = unborn.resolve("life");
        Files.write(lifeFile, life.getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel = FileChannel.open(lifeFile, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(unborn, directory, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Keeps the queue under another name, and only the newest of those.
    void setAside(Clock clock) throws IOException {
        for (Path path : children(root)) {
            if (path.getFileName().toString().startsWith(name + ".damaged-")) {
                deleteTree(path);
            }
        }
        Path aside = root.resolve(name + ".damaged-" + TIME.format(clock.instant()));
        Files.move(directory, aside, StandardCopyOption.ATOMIC_MOVE);
    }

    Segment newSegment(long first) {
        Path path = directory.resolve("%019d".formatted(first));
        return new Segment(path, first, first - 1, 0);
    }

    /// Deletes a segment so that a crash leaves all of it or none.
    void delete(Segment segment) throws IOException {
        Path path = segment.directory();
        if (Files.exists(path)) {
            Path leaving = path.resolveSibling(path.getFileName() + LEAVING);
            Files.move(path, leaving, StandardCopyOption.ATOMIC_MOVE);
            deleteTree(leaving);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> list = Files.list(directory)) {
            return list.sorted().toList();
        }
    }

    private static void deleteTree(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(path)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
