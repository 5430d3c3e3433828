package dev.parley.node.delivery;

/// The sessions of this node, as delivery sees them. Neither method blocks.
public interface LiveSessions {

    /// Hands a delivery to whom it concerns; called in order of number within a partition.
    void deliver(Delivery delivery);

    /// Deliveries of the partition may have been missed: whoever is live must resume from what it has.
    void missed(int partition);
}
