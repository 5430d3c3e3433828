package dev.parley.node.presence;

import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The way to the other nodes. Nothing here blocks.
public interface PresenceLink {

    /// Reports to a leader; completes, never exceptionally, within some seconds. Empty if the node did not answer.
    CompletableFuture<Optional<PresenceReply>> report(NodeId leader, PresenceReport report);

    /// Tells a gateway of changes; what is lost or dropped comes with the answer to its next heartbeat.
    void push(NodeId gateway, List<PresenceState> changes);
}
