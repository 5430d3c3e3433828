package dev.parley.node.repair;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.time.Duration;

/// The way to another node that may lead a group, to let this node vote in it or not. Blocks.
public interface ReplicaChanges {

    /// What became of a request.
    sealed interface Outcome {
        /// The change is committed, or nothing had to change.
        record Done() implements Outcome {}

        /// Nothing changed as far as is known; another node or another time may do it.
        record NotNow(String reason) implements Outcome {}
    }

    /// Says that this node came back with an empty data directory and waits to be let in again.
    ///
    /// @return whether the other node has noted it
    boolean announceEmpty(NodeId to);

    /// Asks a node to let this one vote in the group no more.
    Outcome remove(NodeId asked, GroupId group, Duration timeout);

    /// Asks a node to let this one, which has started an empty replica, vote in the group again.
    Outcome add(NodeId asked, GroupId group, Duration timeout);
}
