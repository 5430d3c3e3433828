package dev.parley.node;

import dev.parley.chat.ChatAnswer;
import dev.parley.node.config.DataDirectory;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.placement.Placement;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.SnapshotFetcher;
import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.ratis.RatisSettings;
import dev.parley.raftstorage.ratis.StorageDisk;
import dev.parley.raftstorage.rocks.RocksRuntime;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// The node's configuration in the words of raft-storage.
final class StorageSettings {
    private static final long BYTES_PER_MB = 1L << 20;

    private StorageSettings() {}

    static RatisSettings<ChatAnswer> of(
            NodeConfig config,
            Placement placement,
            DataDirectory data,
            SnapshotFetcher snapshots,
            Function<GroupId, ReplicatedMachine<ChatAnswer>> machines) {
        NodeConfig.ClusterNode self = config.self();
        Path directory = data.path().resolve("storage");
        return new RatisSettings<>(
                new RatisSettings.Place(self.id(), self.host(), self.raftPort(), directory),
                new RatisSettings.Cluster(
                        peers(config),
                        groups(placement, self.id()),
                        data.founding() ? RatisSettings.Start.FOUND : RatisSettings.Start.JOIN),
                new StorageLimits(
                        config.storage().freeBytesMin(),
                        config.storage().freePercentMin(),
                        config.storage().pendingBytesMax()),
                new RatisSettings.Outside(Clock.systemUTC(), new SecureRandom(), snapshots, StorageDisk.real()),
                machines,
                tuning(config.storage()));
    }

    private static RatisSettings.Tuning tuning(NodeConfig.Storage storage) {
        RatisSettings.Tuning tuning = RatisSettings.Tuning.DEFAULT;
        RocksRuntime.Sizes sizes = tuning.rocks();
        return new RatisSettings.Tuning(
                tuning.electionMin(),
                tuning.electionMax(),
                tuning.segmentBytes(),
                tuning.snapshotEntries(),
                tuning.snapshotEvery(),
                tuning.keptEntries(),
                tuning.writeTimeout(),
                tuning.readTimeout(),
                tuning.closeTimeout(),
                tuning.readThreads(),
                new RocksRuntime.Sizes(
                        storage.blockCacheMb() * BYTES_PER_MB,
                        storage.writeBufferMb() * BYTES_PER_MB,
                        sizes.memtableBytesEach(),
                        sizes.backgroundWriteBytesPerSecond()));
    }

    private static Map<NodeId, String> peers(NodeConfig config) {
        Map<NodeId, String> peers = new TreeMap<>();
        config.cluster().nodes().forEach(node -> peers.put(node.id(), node.host() + ":" + node.raftPort()));
        return peers;
    }

    private static Map<GroupId, List<NodeId>> groups(Placement placement, NodeId self) {
        Map<GroupId, List<NodeId>> groups = new HashMap<>();
        for (int partition = 0; partition < placement.partitioning().partitions(); partition++) {
            List<NodeId> replicas = placement.replicas(partition);
            if (replicas.contains(self)) {
                groups.put(Partitioning.group(partition), replicas);
            }
        }
        return groups;
    }
}
