package dev.parley.node.tables;

import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.DeliveryArchive;
import dev.parley.raftstorage.table.TableReader;
import java.util.List;

/// [DeliveryRows] as the port that live delivery reads behind its ring. Stateless.
public final class DeliveryRowArchive implements DeliveryArchive {

    @Override
    public List<Delivery> read(TableReader tables, long fromNumber, int limit) {
        return DeliveryRows.read(tables, fromNumber, limit);
    }

    @Override
    public long firstRetained(TableReader tables) {
        return DeliveryRows.firstRetained(tables);
    }
}
