package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.RaftPeer;

/// The voters that a group begins with.
///
/// Ratis remembers them only once a leader has been elected and its first entry applied. Nodes that all crash
/// before
/// would wait for ever for somebody to add them; so the founders are written down for a group that has nothing
/// yet.
final class FoundingConfiguration {
    private FoundingConfiguration() {}

    /// Writes the founders for a replica that knows no voters. Leaves replicas alone that do, that have a log,
    /// or
    /// that were started empty and wait to be added.
    static void complete(GroupDirectories directories, GroupId group, List<RaftPeer> founders) throws IOException {
        Path current = directories.raft(group).resolve("current");
        Path configuration = current.resolve("raft-meta.conf");
        if (!Files.isDirectory(current)
                || Files.exists(configuration)
                || Files.exists(joining(directories, group))
                || founders.isEmpty()
                || hasLog(current)) {
            return;
        }
        RaftConfigurationProto.Builder voters = RaftConfigurationProto.newBuilder();
        founders.forEach(peer -> voters.addPeers(peer.getRaftPeerProto()));
        // The first leader's first entry will say the same, at the same place in the log.
        LogEntryProto entry =
                LogEntryProto.newBuilder().setConfigurationEntry(voters).build();
        DurableFiles.write(configuration, entry.toByteArray());
    }

    /// Notes that the replica was started empty, so that nobody takes it for one of the founders.
    static void markJoining(GroupDirectories directories, GroupId group) throws IOException {
        Files.createDirectories(directories.tables(group));
        DurableFiles.write(joining(directories, group), new byte[0]);
    }

    private static Path joining(GroupDirectories directories, GroupId group) {
        return directories.tables(group).resolve("joining");
    }

    private static boolean hasLog(Path current) throws IOException {
        try (Stream<Path> files = Files.list(current)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith("log_"));
        }
    }
}
