package dev.parley.node.session;

/// Hears of this node's sessions: who is connected here. Called on connection threads; must not block.
public interface SessionListener {

    void opened(SessionIdentity session);

    /// A session's connection has ended.
    ///
    /// @param saidGoodbye whether the user left on purpose, as against a connection that broke or was cut
    void closed(SessionIdentity session, boolean saidGoodbye);

    /// Tells both, one after the other.
    static SessionListener both(SessionListener one, SessionListener other) {
        return new SessionListener() {
            @Override
            public void opened(SessionIdentity session) {
                one.opened(session);
                other.opened(session);
            }

            @Override
            public void closed(SessionIdentity session, boolean saidGoodbye) {
                one.closed(session, saidGoodbye);
                other.closed(session, saidGoodbye);
            }
        };
    }

    /// Nobody listens.
    static SessionListener none() {
        return new SessionListener() {
            @Override
            public void opened(SessionIdentity session) {}

            @Override
            public void closed(SessionIdentity session, boolean saidGoodbye) {}
        };
    }
}
