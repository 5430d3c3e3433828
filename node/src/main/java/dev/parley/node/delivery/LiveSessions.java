package dev.parley.node.delivery;

/// The sessions of this node, as delivery sees them. No method blocks.
public interface LiveSessions {

    /// Hands a delivery to whom it concerns; called in order of number within a partition.
    void deliver(int partition, Delivery delivery);

    /// The deliveries of the partition up to this number are noted in the lists of users. It never falls.
    void noted(int partition, long throughNumber);

    /// Deliveries of the partition may have been missed: whoever is live must resume from what it has.
    ///
    /// @param position the number behind which deliveries go on
    void missed(int partition, long position);
}
