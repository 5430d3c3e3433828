package dev.parley.raftstorage.table;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The writes of one entry, laid over tables that do not change meanwhile: reads and scans see both, the writes
/// winning.
/// Holds the last value of each key, so an entry becomes one batch however often its commands touched a row.
///
/// Owned by the thread that applies the entry. Keeps the arrays it is given; nobody may change them afterwards.
public final class Overlay implements TableWriter {
    /// Known by identity: an empty value that a machine wrote is another array.
    private static final byte[] DELETED = new byte[0];

    private final TableReader base;
    private final Map<Family, NavigableMap<byte[], byte[]>> changes = new EnumMap<>(Family.class);

    public Overlay(TableReader base) {
        this.base = base;
        for (Family family : Family.values()) {
            changes.put(family, new TreeMap<>(Arrays::compareUnsigned));
        }
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) {
        byte[] changed = changes(family).get(key);
        if (changed == null) {
            return base.get(family, key);
        }
        return deleted(changed) ? null : changed;
    }

    @Override
    public void put(Family family, byte[] key, byte[] value) {
        changes(family).put(key, value);
    }

    @Override
    public void delete(Family family, byte[] key) {
        changes(family).put(key, DELETED);
    }

    /// The visitor may write: what it writes ahead of the scan is seen, what it deletes ahead is not.
    @Override
    public void scan(Family family, byte[] from, byte[] to, Direction direction, RowVisitor visitor) {
        if (Arrays.compareUnsigned(from, to) >= 0) {
            return;
        }
        Merge merge = new Merge(changes(family), direction, visitor, from, to);
        base.scan(family, from, to, direction, merge);
        if (!merge.stopped) {
            merge.finish();
        }
    }

    /// Hands over each changed key once, in key order within a family.
    public void forEachChange(ChangeVisitor visitor) {
        changes.forEach((family, rows) ->
                rows.forEach((key, value) -> visitor.change(family, key, deleted(value) ? null : value)));
    }

    /// Forgets all writes, so that the overlay can serve the next entry.
    public void clear() {
        changes.values().forEach(Map::clear);
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean deleted(byte[] value) {
        return value == DELETED;
    }

    private NavigableMap<byte[], byte[]> changes(Family family) {
        NavigableMap<byte[], byte[]> rows = changes.get(family);
        if (rows == null) {
            throw new IllegalStateException("family without a map: " + family);
        }
        return rows;
    }

    /// Sees the change of one key.
    @FunctionalInterface
    public interface ChangeVisitor {
        /// Called once for the key.
        ///
        /// @param value the new value, or null if the row is deleted
        void change(Family family, byte[] key, byte @Nullable [] value);
    }

    /// Weaves the changed rows between those of the base. Finds each next change by key instead of holding an
    /// iterator, because the visitor may write while it looks.
    private static final class Merge implements RowVisitor {
        private final NavigableMap<byte[], byte[]> changes;
        private final Direction direction;
        private final RowVisitor visitor;
        private final byte[] end;
        private Map.@Nullable Entry<byte[], byte[]> next;
        private boolean stopped;

        Merge(NavigableMap<byte[], byte[]> changes, Direction direction, RowVisitor visitor, byte[] from, byte[] to) {
            this.changes = changes;
            this.direction = direction;
            this.visitor = visitor;
            boolean ascending = direction == Direction.ASCENDING;
            this.end = ascending ? to : from;
            this.next = within(ascending ? changes.ceilingEntry(from) : changes.lowerEntry(to));
        }

        @Override
        public Next row(byte[] key, byte[] value) {
            while (next != null && !behind(next.getKey(), key)) {
                boolean same = Arrays.equals(next.getKey(), key);
                if (emitChange() == Next.STOP) {
                    return Next.STOP;
                }
                if (same) {
                    return Next.CONTINUE;
                }
            }
            if (visitor.row(key, value) == Next.STOP) {
                stopped = true;
                return Next.STOP;
            }
            next = after(key);
            return Next.CONTINUE;
        }

        void finish() {
            while (next != null && emitChange() == Next.CONTINUE) {
                // emitChange moves on
            }
        }

        private Next emitChange() {
            Map.Entry<byte[], byte[]> entry = next;
            if (entry == null) {
                throw new IllegalStateException("no change left to emit");
            }
            if (!deleted(entry.getValue()) && visitor.row(entry.getKey(), entry.getValue()) == Next.STOP) {
                stopped = true;
                return Next.STOP;
            }
            next = after(entry.getKey());
            return Next.CONTINUE;
        }

        /// Whether the scan reaches `one` later than `other`.
        private boolean behind(byte[] one, byte[] other) {
            int order = Arrays.compareUnsigned(one, other);
            return direction == Direction.ASCENDING ? order > 0 : order < 0;
        }

        private Map.@Nullable Entry<byte[], byte[]> after(byte[] key) {
            return within(direction == Direction.ASCENDING ? changes.higherEntry(key) : changes.lowerEntry(key));
        }

        private Map.@Nullable Entry<byte[], byte[]> within(Map.@Nullable Entry<byte[], byte[]> entry) {
            if (entry == null) {
                return null;
            }
            int order = Arrays.compareUnsigned(entry.getKey(), end);
            boolean inside = direction == Direction.ASCENDING ? order < 0 : order >= 0;
            return inside ? entry : null;
        }
    }
}
