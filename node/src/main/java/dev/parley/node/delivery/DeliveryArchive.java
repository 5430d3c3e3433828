package dev.parley.node.delivery;

import dev.parley.raftstorage.table.TableReader;
import java.util.List;

/// Deliveries as the tables keep them, for who is behind what the ring holds.
public interface DeliveryArchive {

    /// Deliveries from a number on, in order, at most `limit`; one that is damaged is a [Delivery.Unreadable].
    List<Delivery> read(TableReader tables, long fromNumber, int limit);

    /// The oldest number that is still kept; the next number if none is.
    long firstRetained(TableReader tables);
}
