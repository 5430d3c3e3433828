package dev.parley.node.tls;

/// Why a certificate does not let its holder in.
public enum Refusal {
    /// Another authority issued it.
    STRANGER,
    /// It is not valid any more, or not yet.
    EXPIRED,
    /// It is for clients, or for client ports: it speaks for no node.
    NOT_A_NODE,
    /// It speaks for a node of another cluster.
    OTHER_CLUSTER,
    /// It speaks for another node than the one that was called.
    WRONG_NODE,
    /// It speaks for a node that has not joined.
    NOT_A_MEMBER,
    /// It speaks for a node that was removed from the cluster.
    REVOKED
}
