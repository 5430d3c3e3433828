package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.rocks.AppliedPosition;
import dev.parley.raftstorage.rocks.RocksRuntime;
import dev.parley.raftstorage.rocks.RocksTables;
import dev.parley.raftstorage.rocks.TablesException;
import java.io.IOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The place of a group's open tables: opens them, and swaps a fetched snapshot in.
///
/// A snapshot is swapped in by these steps, each durable before the next, so that a crash in between is mended by
/// [#mend()] at the next start: the complete mark is written (by [SnapshotInstaller]); `live` becomes `replaced`;
/// `incoming` becomes `live`; the mark is deleted; `replaced` is deleted. With a mark the swap goes forward, because
/// Ratis may
/// have dropped the log before it; without one, `incoming` is worth nothing.
///
/// Opened and swapped on the apply thread or before there is one; [#current()] from any thread.
final class TablesSlot {
    private static final Logger LOG = LoggerFactory.getLogger(TablesSlot.class);

    private final GroupId group;
    private final GroupDirectories directories;
    private final RocksRuntime runtime;
    private volatile @Nullable RocksTables tables;

    TablesSlot(GroupId group, GroupDirectories directories, RocksRuntime runtime) {
        this.group = group;
        this.directories = directories;
        this.runtime = runtime;
    }

    GroupId group() {
        return group;
    }

    GroupDirectories directories() {
        return directories;
    }

    RocksRuntime runtime() {
        return runtime;
    }

    /// The open tables.
    ///
    /// @throws TablesException if they are not open now
    RocksTables current() {
        RocksTables open = tables;
        if (open == null) {
            throw new TablesException("tables are not open: group=" + group);
        }
        return open;
    }

    boolean isOpen() {
        return tables != null;
    }

    /// Mends what a crash left, and opens the tables. Does nothing if they are open.
    RocksTables open() throws IOException {
        RocksTables open = tables;
        if (open == null) {
            Files.createDirectories(directories.tables(group));
            mend();
            open = RocksTables.open(runtime, directories.live(group));
            tables = open;
        }
        return open;
    }

    /// Closes the tables and opens those of the staged snapshot instead, unless what is here is as new.
    ///
    /// @param applied what the open tables hold
    RocksTables swapIn(AppliedPosition applied) throws IOException {
        AppliedPosition staged = SnapshotInstaller.staged(directories, group);
        if (staged.logIndex() <= applied.logIndex()) {
            RocksTables kept = current();
            kept.flush(applied);
            discardStaged();
            LOG.info("kept tables: group={} applied={} staged={}", group, applied.logIndex(), staged.logIndex());
            return kept;
        }
        close();
        finishSwap();
        LOG.info("swapped snapshot in: group={} from={} to={}", group, applied.logIndex(), staged.logIndex());
        return open();
    }

    void close() {
        RocksTables open = tables;
        tables = null;
        if (open != null) {
            open.close();
        }
    }

    private void mend() throws IOException {
        DurableFiles.deleteTree(directories.checkpoints(group));
        if (Files.exists(directories.incomingComplete(group))) {
            if (isNewer(SnapshotInstaller.staged(directories, group))) {
                finishSwap();
                LOG.info("finished a swap that a crash interrupted: group={}", group);
            } else {
                discardStaged();
            }
        }
        DurableFiles.deleteTree(directories.incoming(group));
        DurableFiles.deleteTree(directories.replaced(group));
    }

    /// Whether the staged snapshot is worth more than what is live: the log may have gone on without it, or the swap
    /// may be
    /// half done.
    private boolean isNewer(AppliedPosition staged) {
        if (!Files.exists(directories.incoming(group)) || !Files.exists(directories.live(group))) {
            return true;
        }
        try {
            return staged.logIndex()
                    > RocksTables.positionOf(runtime, directories.live(group)).logIndex();
        } catch (TablesException e) {
            LOG.warn("live tables are unreadable, takes the staged snapshot: group={}", group, e);
            return true;
        }
    }

    private void finishSwap() throws IOException {
        if (Files.exists(directories.incoming(group))) {
            if (Files.exists(directories.live(group))) {
                DurableFiles.deleteTree(directories.replaced(group));
                DurableFiles.rename(directories.live(group), directories.replaced(group));
            }
            DurableFiles.rename(directories.incoming(group), directories.live(group));
        }
        DurableFiles.delete(directories.incomingComplete(group));
        DurableFiles.deleteTree(directories.replaced(group));
    }

    private void discardStaged() throws IOException {
        DurableFiles.delete(directories.incomingComplete(group));
        DurableFiles.deleteTree(directories.incoming(group));
    }
}
