package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.SnapshotFetcher;
import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.rocks.RocksRuntime;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.ratis.protocol.RaftPeer;

/// All that [RatisGroups] needs to know.
///
/// @param machines makes the machine of a group's replica here, once per opening
public record RatisSettings<A>(
        Place place,
        Cluster cluster,
        StorageLimits limits,
        Outside outside,
        Function<GroupId, ReplicatedMachine<A>> machines,
        Tuning tuning,
        Optional<RaftTls> tls) {

    /// Without TLS.
    public RatisSettings(
            Place place,
            Cluster cluster,
            StorageLimits limits,
            Outside outside,
            Function<GroupId, ReplicatedMachine<A>> machines,
            Tuning tuning) {
        this(place, cluster, limits, outside, machines, tuning, Optional.empty());
    }

    public RatisSettings<A> with(Optional<RaftTls> layer) {
        return new RatisSettings<>(place, cluster, limits, outside, machines, tuning, layer);
    }

    /// Where this node is.
    ///
    /// @param host and `port`: where it listens for the Raft traffic of other nodes
    /// @param directory for logs and tables of all groups; one file system, this process's own
    public record Place(NodeId self, String host, int port, Path directory) {}

    /// Who else there is.
    ///
    /// @param addresses each node's `host:port` for Raft traffic, this node's too, as known at the time of
    ///     asking; host
    ///     names are resolved anew when a connection is made
    /// @param groups every group that there is, with a replica on this node or not
    public record Cluster(Function<NodeId, Optional<String>> addresses, Map<GroupId, Plan> groups) {
        public Cluster {
            groups = Map.copyOf(groups);
        }

        /// Nodes that never change, and groups that all have a replica here.
        public static Cluster fixed(Map<NodeId, String> peers, Map<GroupId, List<NodeId>> groups, Start start) {
            Map<NodeId, String> known = Map.copyOf(peers);
            Map<GroupId, Plan> plans = new TreeMap<>(Comparator.comparing(GroupId::name));
            groups.forEach((group, founders) -> plans.put(group, new Plan(start, founders)));
            return new Cluster(node -> Optional.ofNullable(known.get(node)), plans);
        }

        /// The founders of a group as Ratis knows nodes.
        List<RaftPeer> founders(GroupId group) {
            return plan(group).founders().stream()
                    .map(node -> ReplicaMoves.peer(addresses, node))
                    .toList();
        }

        Plan plan(GroupId group) {
            return groups.getOrDefault(group, new Plan(Start.IF_PRESENT, List.of()));
        }

        Map<String, GroupId> groupsByName() {
            Map<String, GroupId> byName = new TreeMap<>();
            groups.keySet().forEach(group -> byName.put(group.name(), group));
            return byName;
        }
    }

    /// What to do about a group at the start.
    ///
    /// @param founders the nodes that founded it, if this node is one of them
    public record Plan(Start start, List<NodeId> founders) {
        public Plan {
            founders = List.copyOf(founders);
        }
    }

    /// What to do about a group of which there is nothing on this node's disk.
    public enum Start {
        /// Begin it together with its other founders. Right only when the cluster is created: a replica that
        /// lost
        /// its disk and founds its group again forgets its votes and may vote twice.
        FOUND,
        /// There should be a replica: say that it is missing, until it is asked to join; see
        /// [dev.parley.raftstorage.ReplicaAdmin].
        JOIN,
        /// There need not be one.
        IF_PRESENT
    }

    /// The outside world.
    ///
    /// @param clock and `entropy`: for the stamps of entries this node proposes
    public record Outside(Clock clock, RandomGenerator entropy, SnapshotFetcher snapshots, StorageDisk disk) {}

    /// Times and sizes; the defaults are for nodes of two cores with 16 to 32 groups (research/storage.md,
    /// section
    /// 2).
    ///
    /// @param electionMin and `electionMax`: silence of a leader before a follower stands for election
    /// @param segmentBytes of the Raft log; a whole segment is the least that can be dropped
    /// @param snapshotEntries applied entries after which tables are flushed and the log may shrink
    /// @param snapshotEvery the same by time, for groups with little traffic
    /// @param keptEntries stay in the log behind a snapshot, so that a follower absent for a short while
    ///     needs none
    /// @param writeTimeout after which a caller is told [dev.parley.raftstorage.SubmitOutcome.Unknown]
    public record Tuning(
            Duration electionMin,
            Duration electionMax,
            long segmentBytes,
            long snapshotEntries,
            Duration snapshotEvery,
            long keptEntries,
            Duration writeTimeout,
            Duration readTimeout,
            Duration closeTimeout,
            int readThreads,
            RocksRuntime.Sizes rocks) {
        public static final Tuning DEFAULT = new Tuning(
                Duration.ofMillis(1_500),
                Duration.ofSeconds(3),
                8L << 20,
                20_000,
                Duration.ofMinutes(2),
                20_000,
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                4,
                RocksRuntime.Sizes.DEFAULT);
    }
}
