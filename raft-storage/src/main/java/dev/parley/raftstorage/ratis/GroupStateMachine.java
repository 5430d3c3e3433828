package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.Stamp;
import dev.parley.raftstorage.rocks.AppliedPosition;
import dev.parley.raftstorage.rocks.RocksTables;
import dev.parley.raftstorage.rocks.TablesException;
import dev.parley.raftstorage.table.Overlay;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/// Lets Ratis drive one replica: applies entries to the tables through the machine.
///
/// Applying, flushing and swapping in a snapshot happen on Ratis' updater thread of the group; pausing comes
/// from a
/// gRPC thread, and the lock makes it wait for an entry that is being applied. Ratis may apply further entries
/// between pause and reinitialize, which is harmless: the tables are exchanged only in reinitialize, on the
/// same
/// thread.
final class GroupStateMachine<A> extends BaseStateMachine {
    private static final CompletableFuture<Message> APPLIED = CompletableFuture.completedFuture(Message.EMPTY);

    private final TablesSlot slot;
    private final ReplicatedMachine<A> machine;
    private final Submitter<A> submitter;
    private final StorageDisk disk;
    private final Events events;
    private final ReentrantLock lock = new ReentrantLock();
    private final ExactReads exactReads = new ExactReads();
    private volatile long lastMillis;

    /// The last entry that may have changed the tables; guarded by the lock.
    private long writtenIndex;

    GroupStateMachine(
            TablesSlot slot, ReplicatedMachine<A> machine, Submitter<A> submitter, StorageDisk disk, Events events) {
        this.slot = slot;
        this.machine = machine;
        this.submitter = submitter;
        this.disk = disk;
        this.events = events;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage) throws IOException {
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            super.initialize(server, group, storage);
                            begin(slot.open());
                        },
                        IOException.class);
    }

    @Override
    public void pause() {
        lock.lock();
        try {
            if (getLifeCycleState() == LifeCycle.State.RUNNING) {
                getLifeCycle().transition(LifeCycle.State.PAUSING);
                getLifeCycle().transition(LifeCycle.State.PAUSED);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void reinitialize() throws IOException {
        lock.lock();
        try {
            getLifeCycle()
                    .startAndTransition(
                            () -> begin(slot.swapIn(position(getLastAppliedTermIndex()))), IOException.class);
        } catch (IOException | RuntimeException e) {
            events.failed("a snapshot could not be swapped in", e);
            throw e;
        } finally {
            lock.unlock();
        }
        events.installed();
    }

    /// Keeps out of the log what was proposed in an earlier leadership of this node; the caller is told that
    /// nothing
    /// happened.
    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) throws StateMachineException {
        RaftClientRequest request = transaction.getClientRequest();
        if (request != null && !submitter.admit(request.getClientId(), request.getCallId())) {
            throw new StateMachineException("proposed in an earlier leadership", null, false);
        }
        return transaction;
    }

    /// A throw ends the group on this node, which is what a bug in the machine or a failed write must do.
    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        StateMachineLogEntryProto body = entry.getStateMachineLogEntry();
        Optional<Proposal<A>> proposal = submitter.proposal(ClientId.valueOf(body.getClientId()), body.getCallId());
        lock.lock();
        try {
            EntryCodec.Content content = proposal.isPresent()
                    ? proposal.get().content
                    : EntryCodec.decode(body.getLogData().asReadOnlyByteBuffer());
            List<A> answers = apply(entry, content);
            proposal.ifPresent(waiting -> waiting.applied(answers, entry.getIndex()));
        } catch (RuntimeException e) {
            events.failed("entry " + entry.getIndex() + " could not be applied", e);
            throw e;
        } finally {
            lock.unlock();
        }
        return APPLIED;
    }

    private List<A> apply(LogEntryProto entry, EntryCodec.Content content) {
        // The stamp of an entry may be earlier than that of the one before it in a log of an older release, which let
        // in
        // what was proposed under an earlier leadership. Every replica knows the latest stamp, from its tables, and
        // corrects it alike.
        long millis = Math.max(content.epochMillis(), lastMillis);
        Stamp stamp = new Stamp(millis, content.entropy(), entry.getTerm(), entry.getIndex());
        RocksTables tables = slot.current();
        Overlay overlay = new Overlay(tables.newest());
        List<A> answers = machine.apply(stamp, content.commands(), overlay);
        if (answers.size() != content.commands().size()) {
            throw new IllegalStateException("machine gave " + answers.size() + " answers to "
                    + content.commands().size() + " commands");
        }
        TermIndex position = TermIndex.valueOf(entry);
        tables.write(overlay, new AppliedPosition(position.getTerm(), position.getIndex(), stamp.epochMillis()));
        lastMillis = stamp.epochMillis();
        updateLastAppliedTermIndex(position);
        writtenIndex = position.getIndex();
        exactReads.advanced(writtenIndex, writtenIndex, () -> slot.current().view());
        machine.written(stamp);
        return answers;
    }

    /// Told of entries that are Ratis' own, like changes of the voters: they change no tables.
    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        lock.lock();
        try {
            super.notifyTermIndexUpdated(term, index);
            exactReads.advanced(index, writtenIndex, () -> slot.current().view());
        } finally {
            lock.unlock();
        }
    }

    /// The tables as they are after one entry; see [ExactReads#at].
    CompletableFuture<RocksTables.View> viewAt(long logIndex) {
        lock.lock();
        try {
            return exactReads.at(
                    logIndex,
                    getLastAppliedTermIndex().getIndex(),
                    writtenIndex,
                    () -> slot.current().view());
        } finally {
            lock.unlock();
        }
    }

    /// What a restart would begin with, not what is applied: Ratis applies again what comes after it.
    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        if (!slot.isOpen()) {
            return null;
        }
        AppliedPosition durable = slot.current().durable();
        return durable.logIndex() < 0 ? null : new Durable(TermIndex.valueOf(durable.term(), durable.logIndex()));
    }

    /// A flush is a snapshot: the tables on disk are then those of the applied index, and the log before it may
    /// go.
    @Override
    public long takeSnapshot() throws IOException {
        lock.lock();
        try {
            AppliedPosition applied = position(getLastAppliedTermIndex());
            slot.current().flush(applied);
            return applied.logIndex();
        } catch (TablesException e) {
            events.failed("tables could not be flushed", e);
            throw new IOException("cannot flush the tables of " + slot.group(), e);
        } finally {
            lock.unlock();
        }
    }

    /// Asked before each fsync of the log; failing here is what a failing fsync looks like.
    @Override
    public CompletableFuture<Void> flush(long logIndex) {
        try {
            disk.forcing();
            return CompletableFuture.completedFuture(null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failedEntry) {
        events.failed("the log could not be written", cause);
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, @Nullable RaftPeerId leader) {
        events.leaderChanged(Optional.ofNullable(leader).map(GroupStateMachine::node));
    }

    @Override
    public void notifyLeaderReady() {
        events.leaderReady();
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        events.leadershipLost();
    }

    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(RoleInfoProto role, TermIndex firstInLog) {
        NodeId leader = new NodeId(
                role.getFollowerInfo().getLeaderInfo().getId().getId().toStringUtf8());
        return events.install(leader, firstInLog);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            exactReads.close();
            getLifeCycle().checkStateAndClose(slot::close);
        } finally {
            lock.unlock();
        }
        events.closed();
    }

    /// The latest stamp applied here.
    long lastMillis() {
        return lastMillis;
    }

    private void begin(RocksTables tables) {
        AppliedPosition durable = tables.durable();
        lastMillis = durable.epochMillis();
        setLastAppliedTermIndex(
                durable.logIndex() < 0
                        ? TermIndex.INITIAL_VALUE
                        : TermIndex.valueOf(durable.term(), durable.logIndex()));
        writtenIndex = Math.max(durable.logIndex(), 0);
        exactReads.advanced(writtenIndex, writtenIndex, () -> slot.current().view());
        machine.opened(tables.newest());
    }

    private AppliedPosition position(TermIndex applied) {
        return new AppliedPosition(applied.getTerm(), applied.getIndex(), lastMillis);
    }

    static NodeId node(RaftPeerId peer) {
        return new NodeId(peer.toString());
    }

    /// Told of what happens to the replica. None of these may block for long.
    interface Events {
        void leaderChanged(Optional<NodeId> leader);

        void leaderReady();

        void leadershipLost();

        /// The replica cannot go on; only a restart of the process heals it.
        void failed(String what, Throwable cause);

        /// Fetches a snapshot; completes with its position, or null if the log suffices.
        CompletableFuture<TermIndex> install(NodeId leader, TermIndex firstInLog);

        void installed();

        void closed();
    }

    private record Durable(TermIndex termIndex) implements SnapshotInfo {
        @Override
        public TermIndex getTermIndex() {
            return termIndex;
        }

        @Override
        public List<FileInfo> getFiles() {
            return List.of();
        }
    }
}
