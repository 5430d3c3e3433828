package dev.parley.raftstorage.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.rocks.AppliedPosition;
import dev.parley.raftstorage.rocks.RocksRuntime;
import dev.parley.raftstorage.rocks.TablesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at a group's files before Ratis does, because Ratis starts either all groups or none: a damaged group
/// is
/// set aside, with everything that was there, and the others start.
final class GroupOpener {
    private static final Logger LOG = LoggerFactory.getLogger(GroupOpener.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(java.time.ZoneOffset.UTC);
    private static final String REASON_FILE = "reason.txt";

    private final GroupDirectories directories;
    private final RocksRuntime runtime;
    private final Clock clock;

    GroupOpener(GroupDirectories directories, RocksRuntime runtime, Clock clock) {
        this.directories = directories;
        this.runtime = runtime;
        this.clock = clock;
    }

    /// Opens what is on the disk for the group, or says why not.
    ///
    /// @throws IOException if the disk fails in a way that says nothing about this group's files
    Opening open(GroupId group, RatisSettings.Start start) throws IOException {
        if (directories.holds(group) && directories.isUnfinished(group)) {
            DurableFiles.deleteTree(directories.raft(group));
        }
        if (!directories.holds(group)) {
            return openAbsent(group, start);
        }
        TablesSlot slot = new TablesSlot(group, directories, runtime);
        try {
            AppliedPosition durable = slot.open().durable();
            LogPreflight.check(directories.raft(group), durable);
            return new Opening.Opened(slot);
        } catch (DamagedLogException | TablesException e) {
            slot.close();
            if (e instanceof TablesException tables && !tables.damaged()) {
                throw new IOException("cannot open the tables of " + group + ", which seem not to be at fault", e);
            }
            String reason = Outcomes.reason(e);
            setAside(group, reason);
            return new Opening.Broken(ReplicaStatus.without(group, GroupStatus.State.QUARANTINED, reason));
        }
    }

    /// Moves replicas of groups that nobody knows out of the way, since Ratis would try to start them.
    void setAsideUnknown(Set<GroupId> known) throws IOException {
        Set<String> expected = known.stream()
                .map(group -> GroupDirectories.uuid(group).toString())
                .collect(Collectors.toSet());
        List<Path> found;
        try (Stream<Path> list = Files.list(directories.raft())) {
            found = list.filter(Files::isDirectory).toList();
        }
        for (Path path : found) {
            String name = path.getFileName().toString();
            if (isUuid(name) && !expected.contains(name)) {
                Path aside = directories.root().resolve("quarantine").resolve("unknown-" + name + "-" + now());
                Files.createDirectories(aside.getParent());
                DurableFiles.rename(path, aside);
                LOG.error("set a replica aside: directory={} reason=no-such-group moved={}", path, aside);
            }
        }
    }

    private Opening openAbsent(GroupId group, RatisSettings.Start start) throws IOException {
        if (start == RatisSettings.Start.IF_PRESENT) {
            return new Opening.Absent();
        }
        List<Path> earlier = quarantines(group);
        if (!earlier.isEmpty()) {
            // Founding it anew would forget its votes. It has to be removed from the group and join again.
            Path reason = earlier.getLast().resolve(REASON_FILE);
            return new Opening.Broken(ReplicaStatus.without(
                    group,
                    GroupStatus.State.QUARANTINED,
                    Files.exists(reason) ? Files.readString(reason, UTF_8).trim() : "set aside earlier"));
        }
        return switch (start) {
            case FOUND -> new Opening.Fresh(new TablesSlot(group, directories, runtime));
            case IF_PRESENT -> new Opening.Absent();
            case JOIN ->
                new Opening.Broken(ReplicaStatus.without(
                        group, GroupStatus.State.CLOSED, "no replica here yet, it waits to join"));
        };
    }

    private void setAside(GroupId group, String reason) throws IOException {
        Path aside = directories.quarantine(group).resolve(now());
        Files.createDirectories(aside);
        DurableFiles.write(aside.resolve(REASON_FILE), (reason + "\n").getBytes(UTF_8));
        if (Files.exists(directories.tables(group))) {
            DurableFiles.rename(directories.tables(group), aside.resolve("tables"));
        }
        DurableFiles.rename(directories.raft(group), aside.resolve("raft"));
        LOG.error("quarantined group: group={} directory={} reason={}", group, aside, reason);
    }

    private List<Path> quarantines(GroupId group) throws IOException {
        if (!Files.isDirectory(directories.quarantine(group))) {
            return List.of();
        }
        try (Stream<Path> list = Files.list(directories.quarantine(group))) {
            return list.sorted().toList();
        }
    }

    private String now() {
        return TIME.format(clock.instant());
    }

    private static boolean isUuid(String name) {
        try {
            return UUID.fromString(name).toString().equals(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// What became of opening a group.
    sealed interface Opening {
        /// On the disk and sound.
        record Opened(TablesSlot slot) implements Opening {}

        /// Not on the disk, and to be founded.
        record Fresh(TablesSlot slot) implements Opening {}

        /// Not on the disk, and it need not be.
        record Absent() implements Opening {}

        record Broken(GroupStatus status) implements Opening {}
    }
}
