package dev.parley.node.machine;

import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.TableWriter;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A partition's tables in sorted maps.
final class MapTables implements TableWriter {
    private final Map<Family, NavigableMap<byte[], byte[]>> families = new EnumMap<>(Family.class);

    MapTables() {
        for (Family family : Family.values()) {
            families.put(family, new TreeMap<>(Arrays::compareUnsigned));
        }
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) {
        return rows(family).get(key);
    }

    @Override
    public void scan(Family family, byte[] from, byte[] to, Direction direction, RowVisitor visitor) {
        NavigableMap<byte[], byte[]> range = rows(family).subMap(from, true, to, false);
        NavigableMap<byte[], byte[]> ordered = direction == Direction.ASCENDING ? range : range.descendingMap();
        for (Map.Entry<byte[], byte[]> row : ordered.entrySet()) {
            if (visitor.row(row.getKey(), row.getValue()) == Next.STOP) {
                return;
            }
        }
    }

    @Override
    public void put(Family family, byte[] key, byte[] value) {
        rows(family).put(key.clone(), value.clone());
    }

    @Override
    public void delete(Family family, byte[] key) {
        rows(family).remove(key);
    }

    int size(Family family) {
        return rows(family).size();
    }

    /// All rows as text, one a line, to compare two replicas.
    String dump() {
        StringBuilder dump = new StringBuilder();
        HexFormat hex = HexFormat.of();
        families.forEach((family, rows) -> rows.forEach((key, value) -> dump.append(family)
                .append(' ')
                .append(hex.formatHex(key))
                .append(" -> ")
                .append(hex.formatHex(value))
                .append('\n')));
        return dump.toString();
    }

    private NavigableMap<byte[], byte[]> rows(Family family) {
        NavigableMap<byte[], byte[]> rows = families.get(family);
        if (rows == null) {
            throw new IllegalStateException("expected family " + family);
        }
        return rows;
    }
}
