package dev.parley.node.delivery;

import java.util.List;

/// Where a partition's replica puts what it applied; called on the apply thread, so it must not block.
public interface DeliverySink {

    /// The replica was opened or replaced: the next delivery has this number.
    void reset(long nextNumber);

    /// Deliveries in order of number, dense.
    void append(List<Delivery> deliveries);
}
