package dev.parley.raftstorage.memory;

import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.Stamp;
import dev.parley.raftstorage.table.Overlay;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// One simulated replica: a log of which a prefix is on disk, tables of which an older state is on disk, and the
/// callers that wait for it while it leads.
final class Replica<A> {
    final NodeId node;
    private final Supplier<ReplicatedMachine<A>> machines;

    boolean alive = true;
    boolean connected = true;
    boolean leads;
    long term;
    long commitIndex;
    /// The leader that this replica has heard of last.
    Optional<NodeId> knownLeader = Optional.empty();
    /// Stamp of the entry last proposed.
    long stampMillis;
    /// Index of the entry that the present leadership began with; ready once it is applied.
    long readyIndex = Long.MAX_VALUE;

    /// Callers whose commands are not in the log yet, and those whose commands are, by index.
    final Deque<Batch<A>> waiting = new ArrayDeque<>();

    final SortedMap<Long, List<Batch<A>>> proposed = new TreeMap<>();
    long pendingBytes;

    private final List<Entry> log = new ArrayList<>();
    private long baseIndex;
    private long baseTerm;
    private long flushedIndex;

    private MemoryTables tables = new MemoryTables();
    private MemoryTables durableTables = new MemoryTables();
    private long appliedIndex;
    private long appliedTerm;
    private long appliedMillis;
    private long durableMillis;
    private ReplicatedMachine<A> machine;

    Replica(NodeId node, Supplier<ReplicatedMachine<A>> machines) {
        this.node = node;
        this.machines = machines;
        this.machine = machines.get();
        machine.opened(tables);
    }

    long lastIndex() {
        return baseIndex + log.size();
    }

    long lastTerm() {
        return log.isEmpty() ? baseTerm : log.getLast().term();
    }

    long flushedIndex() {
        return flushedIndex;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    /// Index up to which the tables on disk reach, and behind which the log begins.
    long durableIndex() {
        return baseIndex;
    }

    long appliedMillis() {
        return appliedMillis;
    }

    MemoryTables tables() {
        return tables;
    }

    MemoryTables durableTables() {
        return durableTables;
    }

    long durableTerm() {
        return baseTerm;
    }

    /// Term of the entry at an index from [#durableIndex()] to [#lastIndex()].
    long termAt(long index) {
        return index == baseIndex ? baseTerm : entry(index).term();
    }

    Entry entry(long index) {
        return log.get(Math.toIntExact(index - baseIndex - 1));
    }

    void append(Entry entry) {
        if (entry.index() != lastIndex() + 1) {
            throw new IllegalStateException("gap in the log: next=" + (lastIndex() + 1) + " got=" + entry.index());
        }
        log.add(entry);
    }

    /// Drops the entries behind an index; none of them is committed.
    void truncateAfter(long index) {
        if (index < commitIndex) {
            throw new IllegalStateException("a committed entry would be dropped: index=" + (index + 1));
        }
        log.subList(Math.toIntExact(index - baseIndex), log.size()).clear();
        flushedIndex = Math.min(flushedIndex, index);
    }

    void flushLog() {
        flushedIndex = lastIndex();
    }

    /// Applies the next entry.
    ///
    /// @return the answers; none for an entry without commands
    List<A> applyNext() {
        Entry entry = entry(appliedIndex + 1);
        List<A> answers = List.of();
        if (!entry.commands().isEmpty()) {
            Stamp stamp = new Stamp(entry.epochMillis(), entry.entropy(), entry.term(), entry.index());
            Overlay overlay = new Overlay(tables);
            answers = machine.apply(stamp, entry.commands(), overlay);
            if (answers.size() != entry.commands().size()) {
                throw new IllegalStateException("machine gave " + answers.size() + " answers to "
                        + entry.commands().size() + " commands");
            }
            tables.write(overlay);
            appliedMillis = entry.epochMillis();
            moveTo(entry);
            machine.written(stamp);
        } else {
            moveTo(entry);
        }
        return answers;
    }

    private void moveTo(Entry entry) {
        appliedIndex = entry.index();
        appliedTerm = entry.term();
    }

    /// Makes the applied tables durable and drops the entries that they hold.
    void snapshot() {
        durableTables = tables.copy();
        durableMillis = appliedMillis;
        log.subList(0, Math.toIntExact(appliedIndex - baseIndex)).clear();
        baseIndex = appliedIndex;
        baseTerm = appliedTerm;
        flushedIndex = Math.max(flushedIndex, baseIndex);
    }

    /// Replaces everything by the durable tables of another replica.
    void install(Replica<A> source) {
        log.clear();
        baseIndex = source.baseIndex;
        baseTerm = source.baseTerm;
        flushedIndex = baseIndex;
        durableTables = MemoryTables.fromBytes(source.durableTables.toBytes());
        durableMillis = source.durableMillis;
        openTables();
    }

    /// Loses what a power cut loses: the tail of the log that was not flushed and everything but the durable tables.
    void crash() {
        alive = false;
        leads = false;
        truncateTail();
    }

    void restart() {
        alive = true;
        machine = machines.get();
        openTables();
    }

    private void truncateTail() {
        log.subList(Math.toIntExact(flushedIndex - baseIndex), log.size()).clear();
    }

    private void openTables() {
        tables = durableTables.copy();
        appliedIndex = baseIndex;
        appliedTerm = baseTerm;
        appliedMillis = durableMillis;
        commitIndex = baseIndex;
        machine.opened(tables);
    }
}
