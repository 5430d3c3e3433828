package dev.parley.node.cluster;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicaAdmin;
import dev.parley.raftstorage.ReplicaChangeException;
import java.util.concurrent.CompletableFuture;

/// Lets a node repair its replicas only where that cannot meet a move: one change of a group at a time.
public record RepairGuard(ReplicaAdmin admin, ClusterView view) implements ReplicaAdmin {

    @Override
    public CompletableFuture<Void> addReplica(GroupId group, NodeId node) {
        if (!view.state().replicas(group).contains(node)) {
            return refused("no replica of " + group + " belongs on " + node);
        }
        return moves(group) ? refused("a replica of " + group + " is being moved") : admin.addReplica(group, node);
    }

    @Override
    public CompletableFuture<Void> removeReplica(GroupId group, NodeId node) {
        return moves(group) ? refused("a replica of " + group + " is being moved") : admin.removeReplica(group, node);
    }

    @Override
    public CompletableFuture<Void> startEmptyReplica(GroupId group) {
        return admin.startEmptyReplica(group);
    }

    @Override
    public CompletableFuture<Void> retireReplica(GroupId group) {
        return admin.retireReplica(group);
    }

    private boolean moves(GroupId group) {
        return view.state().openMove(group).filter(move -> move.underway()).isPresent();
    }

    private static CompletableFuture<Void> refused(String why) {
        return CompletableFuture.failedFuture(new ReplicaChangeException(why));
    }
}
