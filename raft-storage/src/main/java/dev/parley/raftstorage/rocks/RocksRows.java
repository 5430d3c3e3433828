package dev.parley.raftstorage.rocks;

import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.TableReader;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/// Reads rows of one database, at a snapshot or the newest.
///
/// @param scanOptions makes options for one scan, which closes them; bounds belong to a single iterator
record RocksRows(
        RocksDB db, Map<Family, ColumnFamilyHandle> families, ReadOptions getOptions, Supplier<ReadOptions> scanOptions)
        implements TableReader {

    @Override
    public byte @Nullable [] get(Family family, byte[] key) {
        try {
            return db.get(handle(family), getOptions, key);
        } catch (RocksDBException e) {
            throw new TablesException("cannot read a row: family=" + family, e);
        }
    }

    /// Both bounds are given to RocksDB, so that it does not wade through deleted rows outside the range.
    @Override
    public void scan(Family family, byte[] from, byte[] to, Direction direction, RowVisitor visitor) {
        if (Arrays.compareUnsigned(from, to) >= 0) {
            return;
        }
        try (Slice lower = new Slice(from);
                Slice upper = new Slice(to);
                ReadOptions options =
                        scanOptions.get().setIterateLowerBound(lower).setIterateUpperBound(upper);
                RocksIterator rows = db.newIterator(handle(family), options)) {
            if (direction == Direction.ASCENDING) {
                rows.seekToFirst();
            } else {
                rows.seekToLast();
            }
            while (rows.isValid() && visitor.row(rows.key(), rows.value()) == Next.CONTINUE) {
                if (direction == Direction.ASCENDING) {
                    rows.next();
                } else {
                    rows.prev();
                }
            }
            rows.status();
        } catch (RocksDBException e) {
            throw new TablesException("cannot scan rows: family=" + family, e);
        }
    }

    private ColumnFamilyHandle handle(Family family) {
        ColumnFamilyHandle handle = families.get(family);
        if (handle == null) {
            throw new IllegalStateException("family without a handle: " + family);
        }
        return handle;
    }
}
