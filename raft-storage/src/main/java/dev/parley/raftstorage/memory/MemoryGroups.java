package dev.parley.raftstorage.memory;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupListener;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.ReplicatedGroups;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotSession;
import dev.parley.raftstorage.StorageHealth;
import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.SubmitOutcome.Cause;
import dev.parley.raftstorage.memory.MemoryGroup.Leadership;
import dev.parley.raftstorage.memory.MemoryGroup.ReadPermit;
import dev.parley.raftstorage.table.TableReader;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The groups of one simulated node; see [MemoryCluster]. Thread-safe by the cluster's lock.
public final class MemoryGroups<A> implements ReplicatedGroups<A> {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryGroups.class);

    boolean alive = true;
    boolean closed;
    private boolean diskLow;
    private final MemoryCluster<A> cluster;
    private final NodeId self;
    private final Deque<PendingRead<?>> reads = new ArrayDeque<>();
    private final List<GroupListener> listeners = new CopyOnWriteArrayList<>();

    MemoryGroups(MemoryCluster<A> cluster, NodeId self) {
        this.cluster = cluster;
        this.self = self;
    }

    /// One node that leads all its groups and applies each batch before `submit` returns, with the real clock.
    public static <A> MemoryGroups<A> single(
            Function<GroupId, ReplicatedMachine<A>> machines, Collection<GroupId> groups) {
        return single(machines, groups, Clock.systemUTC());
    }

    /// The same with another clock.
    public static <A> MemoryGroups<A> single(
            Function<GroupId, ReplicatedMachine<A>> machines, Collection<GroupId> groups, Clock clock) {
        NodeId node = new NodeId("n1");
        Map<GroupId, List<NodeId>> placement = new HashMap<>();
        groups.forEach(group -> placement.put(group, List.of(node)));
        MemorySettings<A> settings = new MemorySettings<>(
                1, placement, (_, group) -> machines.apply(group), StorageLimits.DEFAULT, MemorySettings.Faults.NONE);
        return new MemoryCluster<>(settings, clock).node(node);
    }

    NodeId self() {
        return self;
    }

    /// Lets the node believe that its disk is full, or has room again.
    public void diskLow(boolean low) {
        cluster.change(() -> diskLow = low);
    }

    @Override
    public CompletableFuture<SubmitOutcome<A>> submit(GroupId id, List<byte[]> commands) {
        CompletableFuture<SubmitOutcome<A>> outcome = new CompletableFuture<>();
        Batch<A> batch = new Batch<>(commands, outcome);
        cluster.change(() -> {
            Optional<SubmitOutcome<A>> turnedAway = turnAway(id, batch);
            if (turnedAway.isPresent()) {
                cluster.later(() -> outcome.complete(turnedAway.get()));
            } else {
                MemoryGroup<A> group = cluster.group(id).orElseThrow();
                group.submit(replica(group).orElseThrow(), batch);
            }
        });
        return outcome;
    }

    @Override
    public <T> CompletableFuture<ReadOutcome<T>> read(GroupId id, Function<TableReader, T> function) {
        CompletableFuture<ReadOutcome<T>> outcome = new CompletableFuture<>();
        cluster.change(() -> {
            Optional<MemoryGroup<A>> group = cluster.group(id);
            Optional<Replica<A>> replica = group.flatMap(this::replica);
            if (replica.isEmpty() || closed || !alive) {
                cluster.later(() -> outcome.complete(new ReadOutcome.Unavailable<>("no open replica of " + id)));
            } else {
                reads.add(new PendingRead<>(group.orElseThrow(), replica.get(), function, outcome));
            }
        });
        return outcome;
    }

    @Override
    public <T> CompletableFuture<ReadOutcome<T>> readStale(GroupId id, Function<TableReader, T> function) {
        CompletableFuture<ReadOutcome<T>> outcome = new CompletableFuture<>();
        cluster.change(() -> {
            Optional<Replica<A>> replica = cluster.group(id).flatMap(this::replica);
            if (replica.isEmpty() || closed || !alive) {
                cluster.later(() -> outcome.complete(new ReadOutcome.Unavailable<>("no open replica of " + id)));
            } else {
                answer(replica.get(), function, outcome);
            }
        });
        return outcome;
    }

    /// Does not wait: the replica is there, or it is not.
    @Override
    public <T> CompletableFuture<ReadOutcome<T>> readAt(
            GroupId id, long logIndex, Duration wait, Function<TableReader, T> function) {
        long applied = status(id).appliedIndex();
        return applied == logIndex
                ? readStale(id, function)
                : CompletableFuture.completedFuture(new ReadOutcome.Unavailable<>("the replica is at " + applied));
    }

    @Override
    public GroupStatus status(GroupId id) {
        cluster.lock.lock();
        try {
            Optional<MemoryGroup<A>> group = cluster.group(id);
            Optional<Replica<A>> replica = group.flatMap(this::replica);
            if (replica.isEmpty()) {
                return absent(id);
            }
            return status(group.orElseThrow(), replica.get());
        } finally {
            cluster.lock.unlock();
        }
    }

    @Override
    public List<GroupStatus> statuses() {
        cluster.lock.lock();
        try {
            return cluster.replicasOn(self).entrySet().stream()
                    .map(entry -> status(entry.getKey(), entry.getValue()))
                    .toList();
        } finally {
            cluster.lock.unlock();
        }
    }

    @Override
    public StorageHealth health() {
        cluster.lock.lock();
        try {
            List<String> problems = new ArrayList<>();
            if (diskLow) {
                problems.add("disk nearly full");
            }
            if (closed || !alive) {
                problems.add("storage closed");
            }
            return new StorageHealth(problems.isEmpty(), false, problems);
        } finally {
            cluster.lock.unlock();
        }
    }

    @Override
    public void addListener(GroupListener listener) {
        cluster.change(() -> {
            listeners.add(listener);
            cluster.replicasOn(self).forEach((group, replica) -> {
                Leadership now = group.leadership(replica);
                cluster.later(() -> tell(listener, group.id, now));
            });
        });
    }

    @Override
    public SnapshotSession openSnapshot(GroupId id) throws SnapshotException {
        cluster.lock.lock();
        try {
            Optional<MemoryGroup<A>> group = cluster.group(id);
            Optional<Replica<A>> replica = group.flatMap(this::replica);
            if (replica.isEmpty() || closed || !alive || !replica.get().leads) {
                throw new SnapshotException(self + " does not lead " + id);
            }
            replica.get().snapshot();
            return MemorySnapshot.of(id, replica.get());
        } finally {
            cluster.lock.unlock();
        }
    }

    @Override
    public long tableBytes(GroupId group) {
        return 0;
    }

    @Override
    public CompletableFuture<Void> transferLeadership(GroupId group, NodeId target) {
        boolean moved = cluster.elect(group, target);
        return moved
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(
                        new IllegalStateException("no majority of " + group + " would elect " + target));
    }

    @Override
    public void close() {
        cluster.change(() -> {
            if (!closed) {
                closed = true;
                alive = false;
                failReads("storage closed");
                cluster.replicasOn(self).forEach((group, replica) -> {
                    replica.flushLog();
                    group.crash(replica);
                });
            }
        });
    }

    /// Reads that could be answered now, for the cluster to choose from.
    List<Runnable> possibleReads() {
        List<Runnable> possible = new ArrayList<>();
        for (PendingRead<?> read : reads) {
            if (!(read.permit() instanceof ReadPermit.Wait)) {
                possible.add(() -> {
                    reads.remove(read);
                    finish(read);
                });
            }
        }
        return possible;
    }

    void failReads(String reason) {
        for (PendingRead<?> read : reads) {
            fail(read, reason);
        }
        reads.clear();
    }

    void tellListeners(GroupId group, Leadership leadership) {
        for (GroupListener listener : listeners) {
            cluster.later(() -> tell(listener, group, leadership));
        }
    }

    private static void tell(GroupListener listener, GroupId group, Leadership leadership) {
        try {
            listener.leadershipChanged(group, leadership.term(), leadership.leader(), leadership.ready());
        } catch (RuntimeException e) {
            LOG.error("listener failed: group={}", group, e);
        }
    }

    private Optional<SubmitOutcome<A>> turnAway(GroupId id, Batch<A> batch) {
        Replica<A> replica = cluster.group(id).flatMap(this::replica).orElse(null);
        if (batch.commands().isEmpty()) {
            return Optional.of(new SubmitOutcome.Refused<>("no commands"));
        }
        long entryBytes = StorageLimits.entryBytes(batch.commands());
        if (entryBytes > StorageLimits.ENTRY_BYTES_MAX) {
            return Optional.of(new SubmitOutcome.Refused<>(
                    "batch of " + entryBytes + " bytes, an entry holds " + StorageLimits.ENTRY_BYTES_MAX));
        }
        if (replica == null || closed || !alive) {
            return Optional.of(new SubmitOutcome.Unavailable<>(Cause.CLOSED, "no open replica of " + id));
        }
        if (diskLow) {
            return Optional.of(new SubmitOutcome.Unavailable<>(Cause.DISK_LOW, "disk nearly full"));
        }
        if (!replica.leads) {
            return Optional.of(new SubmitOutcome.NotLeader<>(replica.knownLeader));
        }
        if (replica.appliedIndex() < replica.readyIndex) {
            return Optional.of(new SubmitOutcome.Unavailable<>(Cause.NOT_READY, "elected but not ready"));
        }
        if (replica.pendingBytes + batch.bytes() > cluster.settings.limits().pendingBytesMax()) {
            return Optional.of(new SubmitOutcome.Unavailable<>(Cause.OVERLOADED, "too many bytes wait"));
        }
        return Optional.empty();
    }

    private Optional<Replica<A>> replica(MemoryGroup<A> group) {
        return Optional.ofNullable(group.replicas.get(self));
    }

    private <T> void finish(PendingRead<T> read) {
        switch (read.permit()) {
            case ReadPermit.Granted() -> answer(read.replica, read.function, read.outcome);
            case ReadPermit.Elsewhere(Optional<NodeId> leader) ->
                cluster.later(() -> read.outcome.complete(new ReadOutcome.NotLeader<>(leader)));
            case ReadPermit.Failed(String reason) -> fail(read, reason);
            case ReadPermit.Wait() -> reads.add(read);
        }
    }

    private <T> void fail(PendingRead<T> read, String reason) {
        cluster.later(() -> read.outcome.complete(new ReadOutcome.Unavailable<>(reason)));
    }

    private <T> void answer(
            Replica<A> replica, Function<TableReader, T> function, CompletableFuture<ReadOutcome<T>> outcome) {
        try {
            T value = function.apply(replica.tables());
            cluster.later(() -> outcome.complete(new ReadOutcome.Done<>(value)));
        } catch (RuntimeException e) {
            cluster.later(() -> outcome.completeExceptionally(e));
        }
    }

    private GroupStatus status(MemoryGroup<A> group, Replica<A> replica) {
        boolean open = alive && !closed;
        List<GroupStatus.Follower> followers = group.replicas.values().stream()
                .filter(other -> replica.leads && other != replica)
                .map(other -> new GroupStatus.Follower(other.node, other.flushedIndex(), 0))
                .toList();
        return new GroupStatus(
                group.id,
                open ? GroupStatus.State.RUNNING : GroupStatus.State.CLOSED,
                open ? "" : "the node is down",
                role(replica, open),
                group.ready(replica),
                replica.term,
                replica.knownLeader,
                List.copyOf(group.replicas.keySet()),
                replica.commitIndex,
                replica.appliedIndex(),
                replica.durableIndex(),
                followers);
    }

    private static GroupStatus absent(GroupId id) {
        return new GroupStatus(
                id,
                GroupStatus.State.CLOSED,
                "no such group on this node",
                GroupStatus.Role.NONE,
                false,
                0,
                Optional.empty(),
                List.of(),
                -1,
                -1,
                -1,
                List.of());
    }

    private static GroupStatus.Role role(Replica<?> replica, boolean open) {
        if (!open) {
            return GroupStatus.Role.NONE;
        }
        return replica.leads ? GroupStatus.Role.LEADER : GroupStatus.Role.FOLLOWER;
    }

    /// A linearizable read that waits for its turn.
    private final class PendingRead<T> {
        private final MemoryGroup<A> group;
        private final Replica<A> replica;
        private final Function<TableReader, T> function;
        private final CompletableFuture<ReadOutcome<T>> outcome;

        PendingRead(
                MemoryGroup<A> group,
                Replica<A> replica,
                Function<TableReader, T> function,
                CompletableFuture<ReadOutcome<T>> outcome) {
            this.group = group;
            this.replica = replica;
            this.function = function;
            this.outcome = outcome;
        }

        ReadPermit permit() {
            return group.readPermit(replica);
        }
    }
}
