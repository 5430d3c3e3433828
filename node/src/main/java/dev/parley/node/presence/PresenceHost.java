package dev.parley.node.presence;

import java.util.List;

/// What other nodes say to this one. Neither method blocks.
public interface PresenceHost {

    /// A gateway's report to this node as a leader.
    PresenceReply report(PresenceReport report);

    /// A leader tells this node of changes that it wanted to hear of.
    void hear(List<PresenceState> changes);
}
