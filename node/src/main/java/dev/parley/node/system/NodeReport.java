package dev.parley.node.system;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.Optional;

/// What a node says of itself, now.
///
/// @param ready whether it takes clients
/// @param freeBytes of the disk that holds its replicas
public record NodeReport(NodeId node, boolean ready, long freeBytes, List<Replica> replicas) {
    public NodeReport {
        replicas = List.copyOf(replicas);
    }

    /// One replica there.
    ///
    /// @param bytes of its tables on the disk, about
    public record Replica(GroupStatus status, long bytes) {}

    public Optional<Replica> replica(GroupId group) {
        return replicas.stream()
                .filter(replica -> replica.status().group().equals(group))
                .findFirst();
    }
}
