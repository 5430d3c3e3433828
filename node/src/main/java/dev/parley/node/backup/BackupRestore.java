package dev.parley.node.backup;

import dev.parley.node.config.DataDirectory;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.tables.PartitionCounts;
import dev.parley.node.tables.RestoredLists;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.ratis.RatisGroups;
import dev.parley.raftstorage.rocks.AppliedPosition;
import dev.parley.raftstorage.rocks.RocksRuntime;
import dev.parley.raftstorage.rocks.RocksTables;
import dev.parley.raftstorage.table.Overlay;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// Makes of a backup the data directory of the first node of a new cluster.
///
/// Everything is unpacked and checked in a corner of that directory before it is moved into place, and the
/// directory
/// gets its identity last. The cluster gets a secret that nobody had before, and with it another id and epoch:
/// no token,
/// no device and no node of the old one fits.
final class BackupRestore {
    private static final String CORNER = "restoring";
    private static final int SECRET_BYTES = 32;

    private final BackupRepository repository;
    private final Progress progress;
    private final NodeConfig config;

    BackupRestore(BackupRepository repository, Progress progress, NodeConfig config) {
        this.repository = repository;
        this.progress = progress;
        this.config = config;
    }

    /// Restores.
    ///
    /// @return what is there now
    /// @throws BackupException if the configuration does not fit or the backup is damaged; nothing is left then
    PartitionCounts run(Manifest manifest, Clock clock) throws IOException {
        check(manifest);
        Path dataDir = config.node().dataDir();
        DataDirectory.prepare(dataDir);
        Path corner = dataDir.resolve(CORNER);
        boolean done = false;
        try {
            PartitionCounts counts = unpack(manifest, DataDirectory.storage(corner));
            byte[] secret = makeSecret();
            Files.move(DataDirectory.storage(corner), DataDirectory.storage(dataDir), StandardCopyOption.ATOMIC_MOVE);
            deleteTree(corner);
            sync(dataDir);
            DataDirectory.adopt(config, secret, clock);
            done = true;
            return counts;
        } finally {
            if (!done) {
                deleteTree(corner);
            }
        }
    }

    private void check(Manifest manifest) {
        NodeConfig.Cluster cluster = config.cluster();
        if (cluster.join().isPresent() || cluster.nodes().size() != 1) {
            throw BackupException.mistake("restore makes the first node of a new cluster: cluster.nodes must name node "
                    + config.node().id() + " alone, without cluster.join; more nodes join it later.");
        }
        if (cluster.partitions() != manifest.cluster().partitions()) {
            throw BackupException.mistake("the backup has %d partitions; set cluster.partitions: %d."
                    .formatted(
                            manifest.cluster().partitions(), manifest.cluster().partitions()));
        }
        if (Files.exists(cluster.secretFile())) {
            throw BackupException.mistake(("the file %s (cluster.secret-file) exists, but a restored cluster gets a"
                            + " secret of its own: name a file that is not there, restore makes it.")
                    .formatted(cluster.secretFile()));
        }
        Path folder = cluster.secretFile().toAbsolutePath().getParent();
        if (folder == null || !Files.isWritable(folder)) {
            throw BackupException.mistake("restore cannot make %s (cluster.secret-file): its folder is not writable."
                    .formatted(cluster.secretFile()));
        }
        for (int partition = 0; partition < manifest.cluster().partitions(); partition++) {
            group(manifest, partition);
        }
    }

    private static Manifest.Group group(Manifest manifest, int partition) {
        String name = Partitioning.group(partition).name();
        return manifest.groups().stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        BackupException.failed("the backup %s lacks partition %s.".formatted(manifest.id(), name)));
    }

    private PartitionCounts unpack(Manifest manifest, Path storage) throws IOException {
        RocksRuntime runtime = new RocksRuntime(RocksRuntime.Sizes.DEFAULT);
        List<RocksTables> open = new ArrayList<>();
        try {
            BackupCheck check = new BackupCheck(repository, progress, runtime);
            PartitionCounts counts = PartitionCounts.NONE;
            List<Path> directories = new ArrayList<>();
            for (int partition = 0; partition < manifest.cluster().partitions(); partition++) {
                Manifest.Group group = group(manifest, partition);
                Path directory = RatisGroups.tablesDirectory(storage, new GroupId(group.name()));
                BackupCheck.Finding finding = check.unpack(manifest, group, directory);
                if (!finding.damages().isEmpty()) {
                    throw BackupException.failed("the backup is damaged, nothing was restored: "
                            + String.join("; ", finding.damages()) + ".");
                }
                counts = counts.plus(finding.counts());
                directories.add(directory);
            }
            for (Path directory : directories) {
                open.add(RocksTables.open(runtime, directory));
            }
            writeLists(open);
            open.forEach(BackupRestore::rebase);
            progress.say("lists of users written anew");
            return counts;
        } finally {
            open.forEach(RocksTables::close);
            runtime.close();
        }
    }

    private static void writeLists(List<RocksTables> tables) {
        Partitioning partitioning = new Partitioning(tables.size());
        new RestoredLists(tables.stream().map(BackupRestore::partition).toList(), partitioning::partitionOf).write();
    }

    private static RestoredLists.Partition partition(RocksTables tables) {
        Overlay overlay = new Overlay(tables.newest());
        AppliedPosition position = tables.durable();
        return new RestoredLists.Partition(tables.newest(), overlay, () -> {
            tables.write(overlay, position);
            overlay.clear();
        });
    }

    /// The new group's first term is 1; its log goes on behind the index that the tables hold, so that a
    /// replica that
    /// joins later is sent the tables, for the log alone does not have what is in them.
    private static void rebase(RocksTables tables) {
        AppliedPosition position = tables.durable();
        tables.flush(new AppliedPosition(0, position.logIndex(), position.epochMillis()));
    }

    private byte[] makeSecret() throws IOException {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        Path file = config.cluster().secretFile();
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            throw BackupException.mistake("the file " + file + " (cluster.secret-file) exists.");
        }
        Files.writeString(file, HexFormat.of().formatHex(secret) + "\n");
        sync(file);
        return secret;
    }

    private static void sync(Path path) throws IOException {
        StandardOpenOption mode = Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
        try (FileChannel channel = FileChannel.open(path, mode)) {
            channel.force(true);
        }
    }

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
    }
}
