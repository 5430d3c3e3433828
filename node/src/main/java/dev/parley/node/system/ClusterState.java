package dev.parley.node.system;

import dev.parley.node.placement.Partitioning;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// All that the `system` group holds. Small: 64 nodes, 65 groups, 20 ended jobs.
///
/// @param version counts the changes; 0 for what a node makes of its configuration before it has heard of any
/// @param partitions fixed when the cluster is founded
/// @param replication how many nodes hold a group, if there are so many
/// @param featureLevel which rules and records all nodes know
/// @param nodes by id, the removed ones too
/// @param placement who holds which group; the `system` group too
/// @param jobs the oldest first
public record ClusterState(
        long version,
        int partitions,
        int replication,
        int featureLevel,
        List<NodeEntry> nodes,
        SortedMap<GroupId, List<NodeId>> placement,
        List<Job> jobs,
        List<JoinToken> tokens) {

    /// The feature level of a cluster that is founded by this release.
    public static final int FEATURE_LEVEL = 1;

    private static final Comparator<GroupId> BY_NAME = Comparator.comparing(GroupId::name);

    public ClusterState {
        nodes = nodes.stream().sorted(Comparator.comparing(NodeEntry::id)).toList();
        SortedMap<GroupId, List<NodeId>> copy = new TreeMap<>(BY_NAME);
        placement.forEach((group, replicas) -> copy.put(group, List.copyOf(replicas)));
        placement = Collections.unmodifiableSortedMap(copy);
        jobs = List.copyOf(jobs);
        tokens = List.copyOf(tokens);
    }

    /// A map for [#placement].
    public static SortedMap<GroupId, List<NodeId>> placements(Map<GroupId, List<NodeId>> groups) {
        SortedMap<GroupId, List<NodeId>> sorted = new TreeMap<>(BY_NAME);
        sorted.putAll(groups);
        return sorted;
    }

    public Optional<NodeEntry> node(NodeId id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst();
    }

    /// The nodes that are not removed.
    public List<NodeEntry> members() {
        return nodes.stream()
                .filter(node -> node.state() != NodeEntry.State.REMOVED)
                .toList();
    }

    /// The nodes that may take replicas.
    public List<NodeEntry> active() {
        return nodes.stream()
                .filter(node -> node.state() == NodeEntry.State.ACTIVE)
                .toList();
    }

    /// The nodes that hold a group.
    public List<NodeId> replicas(GroupId group) {
        return placement.getOrDefault(group, List.of());
    }

    /// How many nodes should hold each group now.
    public int wantedReplicas() {
        return Math.min(replication, active().size());
    }

    /// The groups that a node holds.
    public List<GroupId> held(NodeId node) {
        return placement.entrySet().stream()
                .filter(entry -> entry.getValue().contains(node))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// The job that has not ended.
    public Optional<Job> openJob() {
        return jobs.stream().filter(job -> !job.state().ended()).findFirst();
    }

    /// The move of a group that has not ended, of any job.
    public Optional<Move> openMove(GroupId group) {
        return openJob().flatMap(job -> job.open(group));
    }

    public boolean exists(GroupId group) {
        return placement.containsKey(group) || group.equals(Partitioning.SYSTEM);
    }
}
