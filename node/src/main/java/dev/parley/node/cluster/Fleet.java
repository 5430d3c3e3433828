package dev.parley.node.cluster;

import dev.parley.node.system.ClusterAnswer;
import dev.parley.node.system.ClusterCommand;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.NodeReport;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SubmitOutcome;
import java.time.Duration;
import java.util.Optional;

/// All nodes of the cluster, this one too. Every call blocks, up to its limit.
public interface Fleet {

    /// What a node knows of the cluster, if that is newer than a version.
    Optional<ClusterState> newer(NodeId node, long version);

    /// Submits to the `system` group, if the node leads it.
    SubmitOutcome<ClusterAnswer> submit(NodeId node, ClusterCommand command, Duration limit);

    /// What a node says of itself; empty if it does not answer.
    Optional<NodeReport> report(NodeId node);

    OrderOutcome order(NodeId node, ReplicaOrder order, Duration limit);
}
