package dev.parley.node.peer;

/// Tells the other nodes of a session that a device opened here, so that an older one elsewhere is closed.
@FunctionalInterface
public interface SessionAnnouncer {

    /// Tells all other nodes, without waiting; one that cannot be reached learns nothing.
    void announce(String userId, String deviceId, String sessionId);

    /// Hears of a session opened on another node.
    @FunctionalInterface
    interface Listener {
        void opened(String userId, String deviceId, String sessionId);
    }
}
