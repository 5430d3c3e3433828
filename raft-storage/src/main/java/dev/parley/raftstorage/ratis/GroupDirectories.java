package dev.parley.raftstorage.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.raftstorage.GroupId;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;

/// Where the files of the groups are:
///
/// ```
/// raft/UUID/            Ratis: log segments, vote, configuration
/// raft-removed/         what Ratis renamed away when a replica was retired
/// tables/GROUP/live     the open database; not in Ratis' directory, which a snapshot would replace
/// tables/GROUP/incoming a snapshot being fetched
/// tables/GROUP/incoming.complete  says that all of it is there and on disk
/// tables/GROUP/replaced the database before a snapshot, until the swap is done
/// tables/GROUP/checkpoints/N      served to other nodes; links to files of `live`
/// quarantine/GROUP/TIME/ what was set aside because it is damaged, with its reason
/// ```
record GroupDirectories(Path root) {

    Path raft() {
        return root.resolve("raft");
    }

    Path raft(GroupId group) {
        return raft().resolve(uuid(group).toString());
    }

    Path removed() {
        return root.resolve("raft-removed");
    }

    Path tables(GroupId group) {
        return root.resolve("tables").resolve(group.name());
    }

    Path live(GroupId group) {
        return tables(group).resolve("live");
    }

    Path incoming(GroupId group) {
        return tables(group).resolve("incoming");
    }

    Path incomingComplete(GroupId group) {
        return tables(group).resolve("incoming.complete");
    }

    Path replaced(GroupId group) {
        return tables(group).resolve("replaced");
    }

    Path checkpoints(GroupId group) {
        return tables(group).resolve("checkpoints");
    }

    Path quarantine(GroupId group) {
        return root.resolve("quarantine").resolve(group.name());
    }

    /// Makes the directories that all groups share.
    void create() throws IOException {
        Files.createDirectories(raft());
        Files.createDirectories(removed());
        Files.createDirectories(root.resolve("tables"));
    }

    /// Whether there is a replica of the group on this disk.
    boolean holds(GroupId group) {
        return Files.isDirectory(raft(group));
    }

    /// Whether Ratis was stopped while it made the directory, before it wrote the first vote. Nothing was ever
    /// promised
    /// in the name of such a replica.
    boolean isUnfinished(GroupId group) throws IOException {
        Path current = raft(group).resolve("current");
        if (!Files.isDirectory(current)) {
            return true;
        }
        try (Stream<Path> files = Files.list(current)) {
            return files.allMatch(file -> file.getFileName().toString().endsWith(".tmp"));
        }
    }

    /// How many bytes the open database has on the disk, about: files come and go while they are counted.
    long liveBytes(GroupId group) {
        File[] files = live(group).toFile().listFiles(File::isFile);
        return files == null ? 0 : Arrays.stream(files).mapToLong(File::length).sum();
    }

    /// The name of the group in Ratis: the same on every node without asking anybody.
    static UUID uuid(GroupId group) {
        return UUID.nameUUIDFromBytes(("parley:" + group.name()).getBytes(UTF_8));
    }
}
