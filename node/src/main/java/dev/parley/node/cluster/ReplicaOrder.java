package dev.parley.node.cluster;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;

/// One step of a move, as it is asked of a node.
///
/// @param subject the node that the step is about; for [Kind#PREPARE] and [Kind#RETIRE] the one that is asked
public record ReplicaOrder(Kind kind, GroupId group, NodeId subject) {

    public enum Kind {
        /// Start an empty replica, unless there is one.
        PREPARE,
        /// Of the leader: let the subject vote.
        ADD_VOTER,
        /// Of the leader: let the subject vote no more.
        REMOVE_VOTER,
        /// Of the leader: let the subject lead.
        HAND_OVER,
        /// Close the replica, which votes no more, and put its files aside.
        RETIRE
    }
}
