package dev.parley.node.placement;

import dev.parley.raftstorage.NodeId;
import java.util.List;

/// Which nodes hold which partition, as known now.
public interface Replicas {

    Partitioning partitioning();

    /// The nodes that hold the partition; at least one.
    List<NodeId> replicas(int partition);
}
