package dev.parley.raftstorage.table;

import org.jspecify.annotations.Nullable;

/// A consistent view of one group's tables. Keys are ordered as unsigned bytes. Use it only inside the call that
/// received it.
public interface TableReader {

    /// The value at the key, or null. The caller must not change the array.
    byte @Nullable [] get(Family family, byte[] key);

    /// Visits rows with `from <= key < to`, ascending or descending, until the visitor answers STOP.
    void scan(Family family, byte[] from, byte[] to, Direction direction, RowVisitor visitor);

    enum Direction {
        ASCENDING,
        DESCENDING
    }

    /// Sees one row; must not change the arrays.
    @FunctionalInterface
    interface RowVisitor {
        Next row(byte[] key, byte[] value);
    }

    enum Next {
        CONTINUE,
        STOP
    }
}
