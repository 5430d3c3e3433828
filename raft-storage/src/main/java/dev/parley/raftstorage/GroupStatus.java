package dev.parley.raftstorage;

import java.util.List;
import java.util.Optional;

/// What this node knows of one group.
///
/// @param ready whether this node leads the group and has applied everything committed before its term
/// @param durableIndex applied index of the last flush: what a restart begins with
/// @param reason for a state other than RUNNING, one sentence
/// @param followers on the leader, how far each other replica's log matches
public record GroupStatus(
        GroupId group,
        State state,
        String reason,
        Role role,
        boolean ready,
        long term,
        Optional<NodeId> leader,
        List<NodeId> replicas,
        long commitIndex,
        long appliedIndex,
        long durableIndex,
        List<Follower> followers) {

    public GroupStatus {
        replicas = List.copyOf(replicas);
        followers = List.copyOf(followers);
    }

    public enum State {
        STARTING,
        RUNNING,
        /// A snapshot is being fetched or swapped in.
        INSTALLING,
        /// Found damaged before start and set aside; the other groups run.
        QUARANTINED,
        /// Failed while running; only a restart of the process heals it.
        CLOSED
    }

    public enum Role {
        LEADER,
        FOLLOWER,
        CANDIDATE,
        NONE
    }

    public record Follower(NodeId node, long matchIndex, long silentMillis) {}
}
