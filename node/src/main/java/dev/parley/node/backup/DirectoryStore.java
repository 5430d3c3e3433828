package dev.parley.node.backup;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// Backups in a directory. An object is written under `tmp`, forced to the disk, and renamed into its place.
final class DirectoryStore implements BackupStore {
    private static final String LOCK = "lock";
    private static final String DRAFTS = "tmp";
    private static final int BUFFER_BYTES = 256 << 10;

    private final Path root;

    DirectoryStore(Path root) {
        this.root = root;
    }

    @Override
    public boolean exists(String name) {
        return Files.isRegularFile(place(name));
    }

    @Override
    public InputStream read(String name) throws IOException {
        return Files.newInputStream(place(name));
    }

    @Override
    public void write(String name, Content content) throws IOException {
        Path target = place(name);
        Path drafts = Files.createDirectories(root.resolve(DRAFTS));
        Path draft = drafts.resolve(UUID.randomUUID().toString());
        try {
            try (FileChannel channel =
                            FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES)) {
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Path parent = parent(target);
            boolean fresh = !Files.isDirectory(parent);
            Files.createDirectories(parent);
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(parent);
            if (fresh) {
                sync(parent(parent));
            }
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    @Override
    public List<Stored> list(String prefix) throws IOException {
        Path folder = place(prefix);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Stored> found = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                found.add(new Stored(root.relativize(file).toString().replace('\\', '/'), Files.size(file)));
            }
        }
        found.sort(Comparator.comparing(Stored::name));
        return found;
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(place(name));
    }

    @Override
    public Lock lock() throws IOException {
        Files.createDirectories(root);
        FileChannel channel = FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = channel.tryLock();
            if (held != null) {
                return channel::close; // which gives the lock up
            }
        } catch (OverlappingFileLockException _) {
            // Somebody in this very process holds it: the same sentence.
        }
        channel.close();
        throw BackupException.failed(
                "another parley backup writes to " + root + " now; try again when it has finished.");
    }

    @Override
    public long sweep() throws IOException {
        long bytes = 0;
        for (Stored draft : list(DRAFTS)) {
            bytes += draft.bytes();
            delete(draft.name());
        }
        return bytes;
    }

    private Path place(String name) {
        Path path = root.resolve(name).normalize();
        if (!path.startsWith(root.normalize())) {
            throw new IllegalArgumentException("outside of the repository: " + name);
        }
        return path;
    }

    private static Path parent(Path path) throws NoSuchFileException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new NoSuchFileException("no directory around " + path);
        }
        return parent;
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
