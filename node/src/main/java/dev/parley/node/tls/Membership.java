package dev.parley.node.tls;

import java.util.Optional;

/// Which nodes the cluster has. Asked for every call: must be quick and must not block.
public interface Membership {
    /// How a node stands to the cluster.
    enum Standing {
        MEMBER,
        /// It has never joined.
        UNKNOWN,
        REMOVED
    }

    Standing standing(String node);

    /// The node that is called at an address.
    ///
    /// @return empty if no node is known there
    Optional<String> at(String host, int port);
}
