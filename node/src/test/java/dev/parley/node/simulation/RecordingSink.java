package dev.parley.node.simulation;

import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.DeliverySink;
import java.util.ArrayList;
import java.util.List;

/// Remembers what one replica told its sink in one life of its machine, and complains of numbers out of order.
final class RecordingSink implements DeliverySink {
    final List<Delivery> deliveries = new ArrayList<>();
    final List<String> complaints = new ArrayList<>();
    private long next;

    @Override
    public void reset(long nextNumber) {
        next = nextNumber;
    }

    @Override
    public void append(List<Delivery> appended) {
        for (Delivery delivery : appended) {
            if (delivery.number() != next) {
                complaints.add("expected delivery %d but got %d".formatted(next, delivery.number()));
            }
            next = delivery.number() + 1;
            deliveries.add(delivery);
        }
    }
}
