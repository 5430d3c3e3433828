package dev.parley.node.session;

import dev.parley.protocol.ClientFrame.PresenceWatch;

/// Shows sessions who is here.
@FunctionalInterface
public interface PresenceDesk {

    /// Replaces whom the session watches, and answers it. Blocks while leaders are asked; throws nothing.
    void watch(Session session, PresenceWatch watch);
}
