package dev.parley.node;

import dev.parley.node.cluster.ClusterView;
import dev.parley.node.config.DataDirectory;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.GroupAnswer;
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
import java.util.function.Function;

/// The node's configuration in the words of raft-storage.
final class StorageSettings {
    private static final long BYTES_PER_MB = 1L << 20;

    private StorageSettings() {}

    static RatisSettings<GroupAnswer> of(
            NodeConfig config,
            ClusterView view,
            DataDirectory data,
            SnapshotFetcher snapshots,
            Function<GroupId, ReplicatedMachine<GroupAnswer>> machines) {
        NodeConfig.ClusterNode self = config.self();
        Path directory = DataDirectory.storage(data.path());
        return new RatisSettings<>(
                new RatisSettings.Place(self.id(), self.host(), self.raftPort(), directory),
                new RatisSettings.Cluster(view::raftAddress, groups(view.state(), self.id(), data)),
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

    /// What to do about each group. A cluster that is not founded yet, or knows no `system` group yet, is as
    /// the
    /// configuration says; else what belongs here must be here, and what is here for another reason is opened
    /// too.
    private static Map<GroupId, RatisSettings.Plan> groups(ClusterState state, NodeId self, DataDirectory data) {
        boolean byConfiguration = state.version() == 0;
        Map<GroupId, RatisSettings.Plan> plans = new HashMap<>();
        state.placement().forEach((group, replicas) -> {
            boolean founding = group.equals(Partitioning.SYSTEM) ? data.foundingSystem() : data.founding();
            RatisSettings.Start start = RatisSettings.Start.IF_PRESENT;
            if (replicas.contains(self)) {
                start = byConfiguration && founding ? RatisSettings.Start.FOUND : RatisSettings.Start.JOIN;
            }
            boolean founder = byConfiguration && replicas.contains(self);
            plans.put(group, new RatisSettings.Plan(start, founder ? replicas : List.of()));
        });
        return plans;
    }
}
