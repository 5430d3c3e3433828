package dev.parley.raftstorage;

import java.util.Optional;

/// Told of changes of leadership, on a thread of the group: hand over and return.
public interface GroupListener {

    /// The group on this node has another leader, term or readiness than before.
    ///
    /// @param leader the node that leads as far as this one knows
    /// @param ready true only on the leader itself, once it has applied everything committed before its term
    void leadershipChanged(GroupId group, long term, Optional<NodeId> leader, boolean ready);
}
