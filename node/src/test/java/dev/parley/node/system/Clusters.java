package dev.parley.node.system;

import dev.parley.node.placement.Partitioning;
import dev.parley.node.placement.Placement;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Clusters for tests.
public final class Clusters {

    private Clusters() {}

    /// A founded cluster of active nodes `n1` to `nN`, of which the first ones hold all partitions.
    public static ClusterState of(int nodes, int holders, int partitions, String... zones) {
        List<NodeEntry> entries = IntStream.range(0, nodes)
                .mapToObj(i -> node(i + 1, i < zones.length ? zones[i] : "", NodeEntry.State.ACTIVE))
                .toList();
        Placement placement = new Placement(
                new Partitioning(partitions),
                entries.subList(0, holders).stream().map(NodeEntry::id).toList(),
                Math.min(3, holders));
        Map<GroupId, List<NodeId>> groups = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            groups.put(Partitioning.group(partition), placement.replicas(partition));
        }
        groups.put(Partitioning.SYSTEM, placement.replicas(0));
        return new ClusterState(1, partitions, 3, 1, entries, ClusterState.placements(groups), List.of(), List.of());
    }

    /// A node with ports of its own.
    public static NodeEntry node(int number, String zone, NodeEntry.State state) {
        return new NodeEntry(
                new NodeId("n" + number),
                new NodeEntry.Address("10.0.0." + number, 10_080, 11_080, "http://10.0.0." + number + ":8080"),
                zone,
                state,
                "incarnation-" + number);
    }

    /// The state after moves, as if they had been carried out.
    static ClusterState after(ClusterState state, List<Move> moves) {
        Map<GroupId, List<NodeId>> groups = new HashMap<>(state.placement());
        moves.forEach(move -> groups.put(move.group(), move.after(state.replicas(move.group()))));
        return new ClusterState(
                state.version() + 1,
                state.partitions(),
                state.replication(),
                state.featureLevel(),
                state.nodes(),
                ClusterState.placements(groups),
                state.jobs(),
                state.tokens());
    }
}
