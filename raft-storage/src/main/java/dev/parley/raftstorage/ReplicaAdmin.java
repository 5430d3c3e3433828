package dev.parley.raftstorage;

import java.util.concurrent.CompletableFuture;

/// Moves replicas between nodes, one at a time. For the operator and for self-healing.
///
/// To move a group from node A to node D: [#startEmptyReplica] on D, [#addReplica] D on the leader, wait until D's
/// log matches, transfer leadership away from A if it leads, [#removeReplica] A on the leader, [#retireReplica] on
/// A. To replace a replica that is quarantined: [#removeReplica] it on the leader, then the same with D = A.
///
/// The futures fail with [ReplicaChangeException]; the group is then as it was, or as the next look at its status
/// says.
public interface ReplicaAdmin {

    /// On the leader: lets one more node vote. The node must have started an empty replica; completes when that has
    /// caught up and the change is committed.
    CompletableFuture<Void> addReplica(GroupId group, NodeId node);

    /// On the leader: lets a node vote no more. Completes when the change is committed.
    CompletableFuture<Void> removeReplica(GroupId group, NodeId node);

    /// On the node: starts a replica that knows nothing and votes nowhere until the leader adds it. Only for a node
    /// that is not a voter of the group, or it could vote twice.
    CompletableFuture<Void> startEmptyReplica(GroupId group);

    /// On the node, after it was removed: closes its replica and moves the files aside.
    CompletableFuture<Void> retireReplica(GroupId group);
}
