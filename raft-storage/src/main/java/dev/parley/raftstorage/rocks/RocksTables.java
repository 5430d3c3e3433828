package dev.parley.raftstorage.rocks;

import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.Overlay;
import dev.parley.raftstorage.table.TableReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// One group's tables in one RocksDB.
///
/// There is no write-ahead log: the Raft log is one already. Memtables of all families are flushed together, and
/// each entry's changes share a batch with the applied position, so that after a crash the tables are exactly those
/// after some entry, from which Raft goes on.
///
/// One thread writes, flushes and closes (the group's apply thread); any thread may open a [View]. The database is
/// never closed under a view.
public final class RocksTables implements AutoCloseable {
    private static final byte[] META_FAMILY = ascii("meta");
    private static final byte[] APPLIED_KEY = ascii("applied");

    /// Longer than any read function should take; a database with a reader that is stuck is left open, not closed.
    private static final long CLOSE_WAIT_SECONDS = 30;

    private final RocksDB db;
    private final DBOptions databaseOptions;
    private final ColumnFamilyOptions familyOptions;
    private final List<ColumnFamilyHandle> handles;
    private final Map<Family, ColumnFamilyHandle> families = new EnumMap<>(Family.class);
    private final ColumnFamilyHandle meta;
    private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
    private final FlushOptions flushAndWait = new FlushOptions().setWaitForFlush(true);
    private final ReadOptions newest = new ReadOptions();
    private final RocksRows newestRows;
    private final AtomicReference<AppliedPosition> durable;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition viewsClosed = lock.newCondition();
    private int views;
    private boolean closing;

    private RocksTables(
            RocksDB db,
            DBOptions databaseOptions,
            ColumnFamilyOptions familyOptions,
            List<ColumnFamilyHandle> handles) {
        this.db = db;
        this.databaseOptions = databaseOptions;
        this.familyOptions = familyOptions;
        this.handles = handles;
        Iterator<ColumnFamilyHandle> inOrder = handles.iterator();
        inOrder.next(); // RocksDB insists on a default family; nothing is in it.
        for (Family family : Family.values()) {
            families.put(family, inOrder.next());
        }
        this.meta = inOrder.next();
        this.newestRows = new RocksRows(db, Collections.unmodifiableMap(families), newest, ReadOptions::new);
        this.durable = new AtomicReference<>(readPosition());
    }

    /// Opens the tables in a directory, empty ones if there are none.
    ///
    /// @throws TablesException if the files are damaged or cannot be read
    public static RocksTables open(RocksRuntime runtime, Path directory) {
        return open(runtime, directory, RocksDB::open);
    }

    /// The position that tables on disk hold. Changes nothing there.
    ///
    /// @throws TablesException if the files are damaged or cannot be read
    public static AppliedPosition positionOf(RocksRuntime runtime, Path directory) {
        try (RocksTables tables = open(runtime, directory, RocksDB::openReadOnly)) {
            return tables.durable();
        }
    }

    private static RocksTables open(RocksRuntime runtime, Path directory, Opener opener) {
        ColumnFamilyOptions familyOptions = runtime.newFamilyOptions();
        DBOptions databaseOptions = runtime.newDatabaseOptions();
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, familyOptions));
        for (Family family : Family.values()) {
            descriptors.add(new ColumnFamilyDescriptor(name(family), familyOptions));
        }
        descriptors.add(new ColumnFamilyDescriptor(META_FAMILY, familyOptions));
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = opener.open(databaseOptions, directory.toString(), descriptors, handles);
            return new RocksTables(db, databaseOptions, familyOptions, handles);
        } catch (RocksDBException e) {
            databaseOptions.close();
            familyOptions.close();
            throw new TablesException("cannot open tables: directory=" + directory, e);
        }
    }

    /// What a restart would begin with: the position of the last flush.
    public AppliedPosition durable() {
        return durable.get();
    }

    /// The newest state, for the thread that writes.
    public TableReader newest() {
        return newestRows;
    }

    /// Writes an entry's changes and its position together. In memory until the next [#flush(AppliedPosition)].
    public void write(Overlay overlay, AppliedPosition position) {
        try (WriteBatch batch = new WriteBatch()) {
            overlay.forEachChange((family, key, value) -> {
                try {
                    if (value == null) {
                        batch.delete(handle(family), key);
                    } else {
                        batch.put(handle(family), key, value);
                    }
                } catch (RocksDBException e) {
                    throw new TablesException("cannot batch a change: family=" + family, e);
                }
            });
            batch.put(meta, APPLIED_KEY, position.toBytes());
            db.write(unlogged, batch);
        } catch (RocksDBException e) {
            throw new TablesException("cannot write an entry: index=" + position.logIndex(), e);
        }
    }

    /// Makes everything written durable, with the position, all families at once. Blocks for the disk.
    public void flush(AppliedPosition position) {
        try {
            db.put(meta, unlogged, APPLIED_KEY, position.toBytes());
            db.flush(flushAndWait, handles);
            durable.set(position);
        } catch (RocksDBException e) {
            throw new TablesException("cannot flush tables: index=" + position.logIndex(), e);
        }
    }

    /// A consistent view for another thread; close it soon, and always.
    ///
    /// @throws TablesException if the tables are being closed
    public View view() {
        lock.lock();
        try {
            if (closing) {
                throw new TablesException("the tables are being closed");
            }
            views++;
        } finally {
            lock.unlock();
        }
        return new View();
    }

    /// Makes a copy in a directory that does not exist yet, on the same file system: files are linked, not copied.
    /// What the copy holds is at least the last entry written before the call; see [#positionOf].
    public void checkpoint(Path directory) {
        try (View _ = view();
                Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(directory.toString());
        } catch (RocksDBException e) {
            throw new TablesException("cannot make a checkpoint: directory=" + directory, e);
        }
    }

    /// Closes without flushing, after the last view was closed. A second call does nothing.
    @Override
    public void close() {
        lock.lock();
        try {
            if (closing) {
                return;
            }
            closing = true;
            long nanos = TimeUnit.SECONDS.toNanos(CLOSE_WAIT_SECONDS);
            while (views > 0 && nanos > 0) {
                nanos = viewsClosed.awaitNanos(nanos);
            }
            if (views > 0) {
                throw new TablesException("tables stay open: views=" + views);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TablesException("interrupted while views were open", e);
        } finally {
            lock.unlock();
        }
        newest.close();
        handles.forEach(ColumnFamilyHandle::close);
        db.close();
        flushAndWait.close();
        unlogged.close();
        databaseOptions.close();
        familyOptions.close();
    }

    private AppliedPosition readPosition() {
        try {
            byte[] bytes = db.get(meta, APPLIED_KEY);
            return bytes == null ? AppliedPosition.NOTHING : AppliedPosition.fromBytes(bytes);
        } catch (RocksDBException e) {
            throw new TablesException("cannot read the applied position", e);
        }
    }

    private ColumnFamilyHandle handle(Family family) {
        ColumnFamilyHandle handle = families.get(family);
        if (handle == null) {
            throw new IllegalStateException("family without a handle: " + family);
        }
        return handle;
    }

    /// The names are part of the format on disk.
    private static byte[] name(Family family) {
        return switch (family) {
            case LOG -> ascii("log");
            case STATE -> ascii("state");
            case QUEUE -> ascii("queue");
        };
    }

    private static byte[] ascii(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    @FunctionalInterface
    private interface Opener {
        RocksDB open(
                DBOptions options,
                String path,
                List<ColumnFamilyDescriptor> descriptors,
                List<ColumnFamilyHandle> handles)
                throws RocksDBException;
    }

    /// The tables as they were at one moment.
    public final class View implements TableReader, AutoCloseable {
        private final Snapshot snapshot;
        private final ReadOptions options;
        private final RocksRows rows;
        private boolean open = true;

        private View() {
            snapshot = db.getSnapshot();
            options = new ReadOptions().setSnapshot(snapshot);
            rows = new RocksRows(
                    db, Collections.unmodifiableMap(families), options, () -> new ReadOptions().setSnapshot(snapshot));
        }

        @Override
        public byte @Nullable [] get(Family family, byte[] key) {
            return rows.get(family, key);
        }

        @Override
        public void scan(Family family, byte[] from, byte[] to, Direction direction, RowVisitor visitor) {
            rows.scan(family, from, to, direction, visitor);
        }

        @Override
        public void close() {
            if (!open) {
                return;
            }
            open = false;
            options.close();
            db.releaseSnapshot(snapshot);
            lock.lock();
            try {
                views--;
                viewsClosed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
