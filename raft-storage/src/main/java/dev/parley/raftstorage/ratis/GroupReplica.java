package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupListener;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotSession;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.SubmitOutcome.Cause;
import dev.parley.raftstorage.rocks.RocksTables;
import dev.parley.raftstorage.rocks.TablesException;
import dev.parley.raftstorage.table.TableReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One group's replica on this node: its submitter, barrier, state machine and what is known of its health.
final class GroupReplica<A> implements GroupStateMachine.Events {
    private static final Logger LOG = LoggerFactory.getLogger(GroupReplica.class);

    private final GroupId id;
    private final RaftGroupId raftId;
    private final NodeResources<A> node;
    private final TablesSlot slot;
    private final OrderedExecutor completions;
    private final Submitter<A> submitter;
    private final ReadBarrier barrier;
    private final SnapshotInstaller installer;
    private final ClientId readClient = ClientId.randomId();
    private final AtomicLong readCalls = new AtomicLong();
    private final AtomicLong failedInstalls = new AtomicLong();
    private final GroupStateMachine<A> stateMachine;
    private volatile boolean ready;
    private volatile boolean installing;
    private volatile boolean closed;
    private volatile @Nullable String failure;

    GroupReplica(GroupId id, TablesSlot slot, NodeResources<A> node) {
        this.id = id;
        this.raftId = RaftGroupId.valueOf(GroupDirectories.uuid(id));
        this.node = node;
        this.slot = slot;
        this.completions = new OrderedExecutor(node.callbacks());
        RatisSettings<A> settings = node.settings();
        this.submitter = new Submitter<>(new LedTerm.Context(
                id,
                this::propose,
                completions,
                settings.outside().clock(),
                settings.outside().entropy(),
                settings.limits().pendingBytesMax(),
                settings.tuning().writeTimeout()));
        this.barrier = new ReadBarrier(this::proveLeadership, node.barriers());
        this.installer = new SnapshotInstaller(
                id, slot.directories(), slot.runtime(), settings.outside().snapshots());
        this.stateMachine = new GroupStateMachine<>(
                slot,
                settings.machines().apply(id),
                submitter,
                settings.outside().disk(),
                this);
    }

    GroupId id() {
        return id;
    }

    RaftGroupId raftId() {
        return raftId;
    }

    GroupStateMachine<A> stateMachine() {
        return stateMachine;
    }

    TablesSlot slot() {
        return slot;
    }

    /// What only a restart of the process heals, if there is such a thing.
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    CompletableFuture<SubmitOutcome<A>> submit(List<byte[]> commands) {
        if (closed || failure != null) {
            return CompletableFuture.completedFuture(
                    new SubmitOutcome.Unavailable<>(Cause.CLOSED, "the replica of " + id + " is closed"));
        }
        if (ready) {
            return submitter.submit(commands);
        }
        return CompletableFuture.completedFuture(
                leads()
                        ? new SubmitOutcome.Unavailable<>(Cause.NOT_READY, "elected for " + id + ", but not ready")
                        : new SubmitOutcome.NotLeader<>(leader()));
    }

    <T> CompletableFuture<ReadOutcome<T>> read(Function<TableReader, T> function) {
        if (closed || failure != null) {
            return CompletableFuture.completedFuture(
                    new ReadOutcome.Unavailable<>("the replica of " + id + " is closed"));
        }
        if (!leads()) {
            return CompletableFuture.completedFuture(new ReadOutcome.NotLeader<>(leader()));
        }
        CompletableFuture<ReadOutcome<T>> outcome = new CompletableFuture<>();
        var _ = barrier.pass()
                .orTimeout(node.settings().tuning().readTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((_, failed) -> {
                    if (failed != null) {
                        completions.execute(() -> outcome.complete(Outcomes.ofBarrierFailure(failed)));
                    } else {
                        readNow(function, outcome);
                    }
                });
        return outcome;
    }

    <T> CompletableFuture<ReadOutcome<T>> readStale(Function<TableReader, T> function) {
        CompletableFuture<ReadOutcome<T>> outcome = new CompletableFuture<>();
        readNow(function, outcome);
        return outcome;
    }

    <T> CompletableFuture<ReadOutcome<T>> readAt(long logIndex, Duration wait, Function<TableReader, T> function) {
        CompletableFuture<ReadOutcome<T>> outcome = new CompletableFuture<>();
        var _ = stateMachine
                .viewAt(logIndex)
                .orTimeout(wait.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((view, failed) -> {
                    if (failed != null) {
                        completions.execute(
                                () -> outcome.complete(new ReadOutcome.Unavailable<>(Outcomes.reason(failed))));
                    } else if (!node.reads().offer(() -> readIn(view, function, outcome))) {
                        view.close();
                        completions.execute(
                                () -> outcome.complete(new ReadOutcome.Unavailable<>("too many reads wait")));
                    }
                });
        return outcome;
    }

    SnapshotSession openSnapshot() throws SnapshotException {
        if (!leads()) {
            throw new SnapshotException("this node does not lead " + id);
        }
        return CheckpointSession.open(slot);
    }

    GroupStatus status() {
        return ReplicaStatus.of(this, division().orElse(null));
    }

    GroupStatus.State state() {
        if (closed || failure != null) {
            return GroupStatus.State.CLOSED;
        }
        return installing ? GroupStatus.State.INSTALLING : GroupStatus.State.RUNNING;
    }

    boolean ready() {
        return ready;
    }

    /// Whether the group has gone on without this node, as far as this node knows. Then its closing is no
    /// failure.
    boolean removed() {
        return failure == null
                && division()
                        .map(ReplicaStatus::voters)
                        .filter(voters ->
                                !voters.contains(node.settings().place().self()))
                        .isPresent();
    }

    /// Repairs what a callback that overtook another left behind, and notices a division that closed by itself.
    void reconcile() {
        Optional<RaftServer.Division> division = division();
        if (division.isEmpty() || closed) {
            return;
        }
        boolean leadsReady =
                division.get().getInfo().isLeader() && division.get().getInfo().isLeaderReady();
        if (ready && !division.get().getInfo().isLeader()) {
            leadershipLost();
        } else if (!ready && leadsReady && failure == null) {
            leaderReady();
        }
    }

    void tell(GroupListener listener) {
        completions.execute(() -> listener.leadershipChanged(id, term(), leader(), ready));
    }

    @Override
    public void leaderChanged(Optional<NodeId> leader) {
        if (!leader.equals(Optional.of(node.settings().place().self()))) {
            stopLeading(leader);
        }
        announce();
    }

    @Override
    public synchronized void leaderReady() {
        // Asked here, for what was seen before may be over: Ratis changes the role before it says that the leadership
        // is
        // lost, and that news waits for this monitor. So no leadership begins of which the end has been told already.
        if (!ready && !closed && leads()) {
            submitter.lead(stateMachine.lastMillis());
            ready = true;
            LOG.info("leads group: group={} term={}", id, term());
            announce();
        }
    }

    @Override
    public void leadershipLost() {
        stopLeading(leader());
        announce();
    }

    @Override
    public void failed(String what, Throwable cause) {
        synchronized (this) {
            if (failure != null || closed) {
                return;
            }
            failure = what + ": " + Outcomes.reason(cause);
        }
        LOG.error("group failed: group={} what={}", id, what, cause);
        stopLeading(Optional.empty());
        // Not on this thread, which may be one that closing waits for.
        node.housekeeping().execute(() -> division().ifPresent(RaftServer.Division::close));
    }

    @Override
    public CompletableFuture<TermIndex> install(NodeId leader, TermIndex firstInLog) {
        if (leader.equals(node.settings().place().self())) {
            return CompletableFuture.failedFuture(new SnapshotException("will not install a snapshot from itself"));
        }
        if (firstInLog.getIndex() <= stateMachine.getLastAppliedTermIndex().getIndex() + 1) {
            installing = false;
            return CompletableFuture.completedFuture(null);
        }
        installing = true;
        return node.installs().submit(failedInstalls.get(), () -> {
            try {
                var position = installer.stage(leader, firstInLog.getIndex() - 1);
                failedInstalls.set(0);
                return TermIndex.valueOf(position.term(), position.logIndex());
            } catch (SnapshotException e) {
                installing = false;
                failedInstalls.incrementAndGet();
                LOG.warn("snapshot not installed: group={} leader={} tries={}", id, leader, failedInstalls.get(), e);
                throw e;
            }
        });
    }

    @Override
    public void installed() {
        installing = false;
    }

    @Override
    public void closed() {
        closed = true;
        stopLeading(Optional.empty());
        announce();
    }

    /// Whether this node leads the group as far as it knows.
    boolean leads() {
        return division().map(division -> division.getInfo().isLeader()).orElse(false);
    }

    Optional<NodeId> leader() {
        return division().map(division -> division.getInfo().getLeaderId()).map(GroupStateMachine::node);
    }

    Optional<RaftServer.Division> division() {
        try {
            return Optional.of(node.server().getDivision(raftId));
        } catch (IOException e) {
            LOG.debug("no division: group={}", id, e);
            return Optional.empty();
        }
    }

    private long term() {
        return division().map(division -> division.getInfo().getCurrentTerm()).orElse(0L);
    }

    private void stopLeading(Optional<NodeId> successor) {
        // Together, or the next term could begin in between and be ended while it counts as ready.
        synchronized (this) {
            ready = false;
            submitter.stop(successor);
        }
    }

    private void announce() {
        node.listeners().forEach(this::tell);
    }

    private CompletableFuture<RaftClientReply> propose(ClientId client, long callId, byte[] entry) {
        return node.request(request(client, callId)
                .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
                .setType(RaftClientRequest.writeRequestType())
                .build());
    }

    private CompletableFuture<RaftClientReply> proveLeadership() {
        return node.request(request(readClient, readCalls.incrementAndGet())
                .setMessage(Message.EMPTY)
                .setType(RaftClientRequest.readRequestType(false, false, true))
                .build());
    }

    private RaftClientRequest.Builder request(ClientId client, long callId) {
        return RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(node.server().getId())
                .setGroupId(raftId)
                .setCallId(callId);
    }

    private <T> void readNow(Function<TableReader, T> function, CompletableFuture<ReadOutcome<T>> outcome) {
        boolean taken = node.reads().offer(() -> {
            RocksTables.View view;
            try {
                view = slot.current().view();
            } catch (TablesException e) {
                outcome.complete(new ReadOutcome.Unavailable<>(Outcomes.reason(e)));
                return;
            }
            readIn(view, function, outcome);
        });
        if (!taken) {
            outcome.complete(new ReadOutcome.Unavailable<>("too many reads wait"));
        }
    }

    private <T> void readIn(
            RocksTables.View view, Function<TableReader, T> function, CompletableFuture<ReadOutcome<T>> outcome) {
        try (view) {
            outcome.complete(new ReadOutcome.Done<>(function.apply(view)));
        } catch (TablesException e) {
            LOG.warn("read failed: group={}", id, e);
            outcome.complete(new ReadOutcome.Unavailable<>(Outcomes.reason(e)));
        } catch (RuntimeException e) {
            outcome.completeExceptionally(e);
        }
    }
}
