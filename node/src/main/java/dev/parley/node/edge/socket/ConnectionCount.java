package dev.parley.node.edge.socket;

import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import java.util.concurrent.atomic.AtomicInteger;

/// How many WebSocket connections there are, and whether more are taken. Thread-safe.
public final class ConnectionCount {
    private final int connectionsMax;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean draining;

    public ConnectionCount(int connectionsMax) {
        this.connectionsMax = connectionsMax;
    }

    /// Counts a new connection.
    ///
    /// @throws ProblemException draining or overloaded
    void enter() {
        if (draining) {
            throw new ProblemException(ErrorCode.DRAINING, "The node is shutting down; connect to another one.");
        }
        if (connections.incrementAndGet() > connectionsMax) {
            connections.decrementAndGet();
            throw new ProblemException(ErrorCode.OVERLOADED, "The node has all the connections that it takes.");
        }
    }

    void leave() {
        connections.decrementAndGet();
    }

    /// From now on no connection is taken.
    public void drain() {
        draining = true;
    }

    public int connections() {
        return connections.get();
    }
}
