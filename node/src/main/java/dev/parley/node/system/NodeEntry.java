package dev.parley.node.system;

import dev.parley.raftstorage.NodeId;

/// A node in the registry.
///
/// @param zone a label such as a rack; replicas of one group are kept in different ones where that is possible
/// @param incarnation names its data directory; empty until it is known
public record NodeEntry(NodeId id, Address address, String zone, State state, String incarnation) {

    /// How the others and clients reach it.
    ///
    /// @param httpUrl for clients
    public record Address(String host, int raftPort, int peerPort, String httpUrl) {}

    public enum State {
        /// Let in, and not heard of since.
        JOINING,
        /// Takes replicas.
        ACTIVE,
        /// Gives its replicas away.
        DRAINING,
        /// Out of the cluster for good; its id may join again with a new data directory.
        REMOVED
    }

    NodeEntry in(State next) {
        return new NodeEntry(id, address, zone, next, incarnation);
    }

    /// Where Raft traffic goes.
    public String raftAddress() {
        return address.host() + ":" + address.raftPort();
    }
}
