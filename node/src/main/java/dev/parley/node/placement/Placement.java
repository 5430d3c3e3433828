package dev.parley.node.placement;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.stream.IntStream;

/// Which nodes hold a replica of which partition when a cluster is founded: spread round robin.
///
/// @param nodes in order of id, so that every node computes the same
/// @param replication replicas per partition, at most the number of nodes
public record Placement(Partitioning partitioning, List<NodeId> nodes, int replication) implements Replicas {

    public Placement {
        nodes = nodes.stream().sorted().toList();
        if (replication < 1 || replication > nodes.size()) {
            throw new IllegalArgumentException(
                    "replication must be 1 to " + nodes.size() + " with these nodes: " + replication);
        }
    }

    @Override
    public List<NodeId> replicas(int partition) {
        return IntStream.range(0, replication)
                .mapToObj(i -> nodes.get((partition + i) % nodes.size()))
                .toList();
    }

    /// All partitions' groups, in order of partition.
    public List<GroupId> groups() {
        return IntStream.range(0, partitioning.partitions())
                .mapToObj(Partitioning::group)
                .toList();
    }
}
