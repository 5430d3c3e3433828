package dev.parley.raftstorage.memory;

import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.Overlay;
import dev.parley.raftstorage.table.TableReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Ordered tables on the heap. Not thread-safe: the cluster's lock guards them.
final class MemoryTables implements TableReader {
    private final Map<Family, NavigableMap<byte[], byte[]>> rows = new EnumMap<>(Family.class);

    MemoryTables() {
        for (Family family : Family.values()) {
            rows.put(family, new TreeMap<>(Arrays::compareUnsigned));
        }
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) {
        return rows(family).get(key);
    }

    @Override
    public void scan(Family family, byte[] from, byte[] to, Direction direction, RowVisitor visitor) {
        if (Arrays.compareUnsigned(from, to) >= 0) {
            return;
        }
        NavigableMap<byte[], byte[]> range = rows(family).subMap(from, true, to, false);
        NavigableMap<byte[], byte[]> ordered = direction == Direction.ASCENDING ? range : range.descendingMap();
        for (Map.Entry<byte[], byte[]> row : ordered.entrySet()) {
            if (visitor.row(row.getKey(), row.getValue()) == Next.STOP) {
                return;
            }
        }
    }

    /// Takes over all changes of one entry.
    void write(Overlay overlay) {
        overlay.forEachChange((family, key, value) -> {
            if (value == null) {
                rows(family).remove(key);
            } else {
                rows(family).put(key, value);
            }
        });
    }

    MemoryTables copy() {
        MemoryTables copy = new MemoryTables();
        rows.forEach((family, map) -> copy.rows(family).putAll(map));
        return copy;
    }

    /// All rows as one run of bytes, the content of a snapshot's only file.
    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (Map.Entry<Family, NavigableMap<byte[], byte[]>> family : rows.entrySet()) {
                out.writeInt(family.getValue().size());
                for (Map.Entry<byte[], byte[]> row : family.getValue().entrySet()) {
                    out.writeInt(row.getKey().length);
                    out.write(row.getKey());
                    out.writeInt(row.getValue().length);
                    out.write(row.getValue());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to memory", e);
        }
        return bytes.toByteArray();
    }

    /// Reads what [#toBytes()] wrote.
    static MemoryTables fromBytes(byte[] bytes) {
        MemoryTables tables = new MemoryTables();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            for (Family family : Family.values()) {
                int count = in.readInt();
                for (int i = 0; i < count; i++) {
                    byte[] key = in.readNBytes(in.readInt());
                    tables.rows(family).put(key, in.readNBytes(in.readInt()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("snapshot bytes end too early", e);
        }
        return tables;
    }

    private NavigableMap<byte[], byte[]> rows(Family family) {
        NavigableMap<byte[], byte[]> map = rows.get(family);
        if (map == null) {
            throw new IllegalStateException("family without a map: " + family);
        }
        return map;
    }
}
