package dev.parley.node.session;

/// Hears of this node's sessions: who is connected here. Called on connection threads; must not block.
public interface SessionListener {

    void opened(SessionIdentity session);

    void closed(SessionIdentity session);

    /// Nobody listens.
    static SessionListener none() {
        return new SessionListener() {
            @Override
            public void opened(SessionIdentity session) {}

            @Override
            public void closed(SessionIdentity session) {}
        };
    }
}
