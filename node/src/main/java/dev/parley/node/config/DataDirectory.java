package dev.parley.node.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's data directory, locked against any other process from [#open] to [#close].
///
/// It is this node's of this cluster or the node does not start: a replica with the data of another one would
/// vote and
/// answer wrongly. Owned by the thread that starts and stops the node.
public final class DataDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

    private static final String IDENTITY = "parley.json";
    private static final String IDENTITY_NEW = "parley.json.new";
    private static final String LOCK = "parley.lock";

    /// What may be in a directory that no node has used.
    private static final Set<String> HARMLESS = Set.of(LOCK, IDENTITY_NEW, "lost+found");

    private final Path path;
    private final FileChannel lock;
    private DataIdentity identity;

    private DataDirectory(Path path, FileChannel lock, DataIdentity identity) {
        this.path = path;
        this.lock = lock;
        this.identity = identity;
    }

    /// Locks the directory and checks whose it is; makes it (mode 0700) and its identity if there is none. The
    /// identity is durable on return.
    ///
    /// @param secret the cluster's
    /// @throws StartupException with one sentence, if it is not this node's or cannot be used
    public static DataDirectory open(NodeConfig config, byte[] secret, Clock clock) {
        Path path = config.node().dataDir();
        makeDirectory(path);
        FileChannel lock = lock(path);
        try {
            return new DataDirectory(path, lock, identify(path, identity(config, secret, clock)));
        } catch (IOException e) {
            release(lock, path);
            throw unusable(path, e);
        } catch (StartupException e) {
            release(lock, path);
            throw e;
        }
    }

    /// The part of a data directory in which the groups are.
    public static Path storage(Path dataDir) {
        return dataDir.resolve("storage");
    }

    /// Makes a new data directory, to be filled before [#adopt]; one that is there and empty will do.
    ///
    /// @throws StartupException if it holds something, or cannot be made
    public static void prepare(Path path) {
        makeDirectory(path);
        try (Stream<Path> files = Files.list(path)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> !HARMLESS.contains(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw new StartupException(("the data directory (node.data-dir) %s is not empty: it holds %s; "
                                        + "give an empty or new directory.")
                                .formatted(path, name));
                    });
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    /// Makes what is in a directory the data of a node that founds a cluster with it. Durable on return; until
    /// then no
    /// node starts with it.
    public static void adopt(NodeConfig config, byte[] secret, Clock clock) {
        Path path = config.node().dataDir();
        try {
            write(path, identity(config, secret, clock));
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    private static DataIdentity identity(NodeConfig config, byte[] secret, Clock clock) {
        return new DataIdentity(
                DataIdentity.FORMAT_VERSION,
                config.cluster().name(),
                DataIdentity.clusterId(config.cluster().name(), secret),
                config.node().id().value(),
                config.cluster().partitions(),
                clock.instant(),
                false,
                false);
    }

    public Path path() {
        return path;
    }

    public DataIdentity identity() {
        return identity;
    }

    /// Whether the node's storage was never set up completely here, so that it may begin with empty groups. A
    /// node that
    /// is not founding must find its groups: without them it would forget whom it voted for.
    public boolean founding() {
        return !identity.founded();
    }

    /// Whether the `system` group was never set up here, so that this node may begin it together with the
    /// others.
    public boolean foundingSystem() {
        return !identity.system();
    }

    /// Notes, durably, that the storage is set up: from now on [#founding] and [#foundingSystem] are false.
    ///
    /// @throws StartupException if that could not be written
    public void markFounded() {
        if (identity.founded() && identity.system()) {
            return;
        }
        DataIdentity founded = new DataIdentity(
                identity.formatVersion(),
                identity.clusterName(),
                identity.clusterId(),
                identity.nodeId(),
                identity.partitions(),
                identity.createdAt(),
                true,
                true);
        try {
            write(path, founded);
            identity = founded;
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    /// Gives the directory free for another process.
    @Override
    public void close() {
        release(lock, path);
    }

    private static void makeDirectory(Path path) {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new StartupException(
                    "the data directory (node.data-dir) %s is a file, not a directory.".formatted(path));
        }
        try {
            if (!Files.isDirectory(path)) {
                Path parent = path.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                boolean posix =
                        path.getFileSystem().supportedFileAttributeViews().contains("posix");
                if (posix) {
                    Files.createDirectory(
                            path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                } else {
                    Files.createDirectory(path);
                }
            }
        } catch (IOException e) {
            throw new StartupException(
                    "the data directory (node.data-dir) %s cannot be made (%s).".formatted(path, Reason.of(e)), e);
        }
    }

    private static FileChannel lock(Path path) {
        FileChannel channel;
        try {
            channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw unusable(path, e);
        }
        try {
            FileLock held = channel.tryLock();
            if (held != null) {
                return channel;
            }
        } catch (IOException e) {
            release(channel, path);
            throw unusable(path, e);
        } catch (OverlappingFileLockException _) {
            // Another node in this very process holds it; the same sentence as for another process.
        }
        release(channel, path);
        throw new StartupException(("the data directory (node.data-dir) %s is in use by another running node; "
                        + "stop that one, or give this one its own.")
                .formatted(path));
    }

    private static DataIdentity identify(Path path, DataIdentity wanted) throws IOException {
        String json;
        try {
            json = Files.readString(path.resolve(IDENTITY));
        } catch (NoSuchFileException _) {
            refuseForeignFiles(path);
            write(path, wanted);
            return wanted;
        }
        int format = DataIdentity.formatVersion(json).orElse(0);
        if (format > DataIdentity.FORMAT_VERSION) {
            throw new StartupException(("the data directory %s has format %d, written by a newer Parley; "
                            + "this one reads up to %d, so run the newer one.")
                    .formatted(path, format, DataIdentity.FORMAT_VERSION));
        }
        DataIdentity found = DataIdentity.fromJson(json)
                .orElseThrow(() -> new StartupException(
                        "the file %s is damaged; restore it, or give the node a new data directory."
                                .formatted(path.resolve(IDENTITY))));
        refuseOther(path, found, wanted);
        return found;
    }

    private static void refuseForeignFiles(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> !HARMLESS.contains(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw new StartupException(
                                ("the data directory (node.data-dir) %s holds %s but no parley.json; "
                                                + "give an empty or new directory.")
                                        .formatted(path, name));
                    });
        }
    }

    private static void refuseOther(Path path, DataIdentity found, DataIdentity wanted) {
        if (!found.clusterName().equals(wanted.clusterName())) {
            throw new StartupException(
                    "the data directory %s belongs to the cluster \"%s\", but cluster.name is \"%s\"."
                            .formatted(path, found.clusterName(), wanted.clusterName()));
        }
        if (!found.clusterId().equals(wanted.clusterId())) {
            throw new StartupException(("the data directory %s belongs to another cluster \"%s\": "
                            + "it was founded with another secret than the one in cluster.secret-file.")
                    .formatted(path, found.clusterName()));
        }
        if (!found.nodeId().equals(wanted.nodeId())) {
            throw new StartupException("the data directory %s belongs to the node \"%s\", but node.id is \"%s\"."
                    .formatted(path, found.nodeId(), wanted.nodeId()));
        }
        if (found.partitions() != wanted.partitions()) {
            throw new StartupException(
                    ("the data directory %s was founded with %d partitions, but cluster.partitions is %d; "
                                    + "their number cannot change.")
                            .formatted(path, found.partitions(), wanted.partitions()));
        }
    }

    /// Replaces the identity in one step: after a power cut there is the old one or the new one, whole.
    private static void write(Path path, DataIdentity identity) throws IOException {
        Path draft = path.resolve(IDENTITY_NEW);
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(identity.toJson().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(draft, path.resolve(IDENTITY), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static StartupException unusable(Path path, IOException e) {
        return new StartupException(
                ("the data directory (node.data-dir) %s cannot be read and written (%s); "
                                + "it must belong to the user that runs the node.")
                        .formatted(path, Reason.of(e)),
                e);
    }

    /// Closing the channel gives up the lock.
    private static void release(FileChannel lock, Path path) {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("data directory lock not released: path={}", path, e);
        }
    }
}
