package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupListener;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.ReplicaAdmin;
import dev.parley.raftstorage.ReplicaChangeException;
import dev.parley.raftstorage.ReplicatedGroups;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotSession;
import dev.parley.raftstorage.StorageHealth;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.SubmitOutcome.Cause;
import dev.parley.raftstorage.table.TableReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The groups with a replica on this node, on Ratis and RocksDB.
///
/// Threads are those of Ratis per group, one to submit per led group ([LedTerm]), and a handful shared by all
/// ([NodeResources]).
public final class RatisGroups<A> implements ReplicatedGroups<A>, ReplicaAdmin {
    private static final Logger LOG = LoggerFactory.getLogger(RatisGroups.class);
    private static final long HOUSEKEEPING_MILLIS = 1_000;

    private final NodeResources<A> node;
    private final RaftServerStart.Started<A> started;
    private final DiskGuard diskGuard;
    private final Map<String, GroupReplica<A>> replicas = new ConcurrentHashMap<>();
    private final Map<String, GroupStatus> broken = new ConcurrentSkipListMap<>();
    private volatile boolean closed;

    /// Opens all groups and starts to serve them.
    ///
    /// @throws IOException if the directory is in use or cannot be written, the port is taken, or the disk
    ///     fails
    public RatisGroups(RatisSettings<A> settings) throws IOException {
        node = new NodeResources<>(settings);
        try {
            started = RaftServerStart.start(node, replicas, broken);
        } catch (IOException | RuntimeException e) {
            node.close();
            node.closeRocks();
            throw e;
        }
        diskGuard = new DiskGuard(settings.outside().disk(), settings.place().directory(), settings.limits());
        var _ = node.housekeeping()
                .scheduleWithFixedDelay(this::keepHouse, 0, HOUSEKEEPING_MILLIS, TimeUnit.MILLISECONDS);
        long snapshotMillis = settings.tuning().snapshotEvery().toMillis();
        var _ = node.housekeeping()
                .scheduleWithFixedDelay(this::takeSnapshots, snapshotMillis, snapshotMillis, TimeUnit.MILLISECONDS);
    }

    /// Where a node that starts looks for the tables of a group. What is put there before the group is founded
    /// is what
    /// its log goes on from.
    ///
    /// @param storage the directory of [RatisSettings.Place]
    public static Path tablesDirectory(Path storage, GroupId group) {
        return new GroupDirectories(storage).live(group);
    }

    @Override
    public CompletableFuture<SubmitOutcome<A>> submit(GroupId group, List<byte[]> commands) {
        SubmitOutcome<A> refusal = Submitter.refusal(commands);
        if (refusal != null) {
            return CompletableFuture.completedFuture(refusal);
        }
        GroupReplica<A> replica = replica(group);
        if (replica == null) {
            return CompletableFuture.completedFuture(new SubmitOutcome.Unavailable<>(Cause.CLOSED, absence(group)));
        }
        String diskProblem = diskGuard.problem().orElse(null);
        if (diskProblem != null) {
            return CompletableFuture.completedFuture(new SubmitOutcome.Unavailable<>(Cause.DISK_LOW, diskProblem));
        }
        return replica.submit(commands);
    }

    @Override
    public <T> CompletableFuture<ReadOutcome<T>> read(GroupId group, Function<TableReader, T> function) {
        GroupReplica<A> replica = replica(group);
        return replica == null ? absent(group) : replica.read(function);
    }

    @Override
    public <T> CompletableFuture<ReadOutcome<T>> readStale(GroupId group, Function<TableReader, T> function) {
        GroupReplica<A> replica = replica(group);
        return replica == null ? absent(group) : replica.readStale(function);
    }

    @Override
    public <T> CompletableFuture<ReadOutcome<T>> readAt(
            GroupId group, long logIndex, Duration wait, Function<TableReader, T> function) {
        GroupReplica<A> replica = replica(group);
        return replica == null ? absent(group) : replica.readAt(logIndex, wait, function);
    }

    @Override
    public GroupStatus status(GroupId group) {
        GroupReplica<A> replica = replicas.get(group.name());
        if (replica != null) {
            return replica.status();
        }
        GroupStatus known = broken.get(group.name());
        return known != null
                ? known
                : ReplicaStatus.without(group, GroupStatus.State.CLOSED, "no such group on this node");
    }

    @Override
    public List<GroupStatus> statuses() {
        List<GroupStatus> all = new ArrayList<>(broken.values());
        replicas.values().forEach(replica -> all.add(replica.status()));
        all.sort((one, other) -> one.group().name().compareTo(other.group().name()));
        return all;
    }

    @Override
    public StorageHealth health() {
        List<String> problems = new ArrayList<>();
        diskGuard.problem().ifPresent(problems::add);
        boolean fatal = false;
        if (closed) {
            problems.add("storage closed");
        } else {
            for (GroupReplica<A> replica : replicas.values()) {
                if (replica.state() == GroupStatus.State.CLOSED) {
                    boolean removed = replica.removed();
                    String why =
                            removed ? "it was removed here" : replica.failure().orElse("by itself");
                    problems.add("group " + replica.id() + " is closed: " + why);
                    fatal |= !removed;
                }
            }
        }
        broken.values().stream()
                .filter(status -> status.state() == GroupStatus.State.QUARANTINED)
                .forEach(status -> problems.add("group " + status.group() + " is quarantined: " + status.reason()));
        return new StorageHealth(!closed && diskGuard.problem().isEmpty(), fatal, problems);
    }

    @Override
    public void addListener(GroupListener listener) {
        node.listeners().add(listener);
        replicas.values().forEach(replica -> replica.tell(listener));
    }

    @Override
    public SnapshotSession openSnapshot(GroupId group) throws SnapshotException {
        GroupReplica<A> replica = replica(group);
        if (replica == null) {
            throw new SnapshotException(absence(group));
        }
        return replica.openSnapshot();
    }

    @Override
    public long tableBytes(GroupId group) {
        GroupReplica<A> replica = replica(group);
        return replica == null ? 0 : started.directories().liveBytes(group);
    }

    @Override
    public CompletableFuture<Void> transferLeadership(GroupId group, NodeId target) {
        return started.moves().transferLeadership(group, target);
    }

    @Override
    public CompletableFuture<Void> addReplica(GroupId group, NodeId target) {
        return started.moves().addVoter(group, target);
    }

    @Override
    public CompletableFuture<Void> removeReplica(GroupId group, NodeId target) {
        return started.moves().removeVoter(group, target);
    }

    @Override
    public CompletableFuture<Void> startEmptyReplica(GroupId group) {
        if (replicas.containsKey(group.name()) || started.directories().holds(group)) {
            return CompletableFuture.failedFuture(
                    new ReplicaChangeException("there is a replica of " + group + " on this node"));
        }
        GroupReplica<A> replica =
                new GroupReplica<>(group, new TablesSlot(group, started.directories(), node.rocks()), node);
        try {
            FoundingConfiguration.markJoining(started.directories(), group);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(
                    new ReplicaChangeException("cannot prepare the directory of " + group, e));
        }
        replicas.put(group.name(), replica);
        return started.moves().start(group, List.of()).whenComplete((_, failure) -> {
            if (failure == null) {
                broken.remove(group.name());
            } else {
                replicas.remove(group.name());
            }
        });
    }

    @Override
    public CompletableFuture<Void> retireReplica(GroupId group) {
        GroupReplica<A> replica = replicas.get(group.name());
        if (replica == null) {
            // What was set aside stays where it is.
            return broken.remove(group.name()) != null
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(
                            new ReplicaChangeException("there is no replica of " + group + " on this node"));
        }
        return started.moves().retire(group).thenRun(() -> {
            replicas.remove(group.name());
            started.discard(group);
        });
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        new Shutdown<>(node, started, List.copyOf(replicas.values())).run();
    }

    private @Nullable GroupReplica<A> replica(GroupId group) {
        return closed ? null : replicas.get(group.name());
    }

    private String absence(GroupId group) {
        return closed ? "storage closed" : status(group).reason();
    }

    private <T> CompletableFuture<ReadOutcome<T>> absent(GroupId group) {
        return CompletableFuture.completedFuture(new ReadOutcome.Unavailable<>(absence(group)));
    }

    private void keepHouse() {
        try {
            diskGuard.look();
            replicas.values().forEach(GroupReplica::reconcile);
        } catch (RuntimeException e) {
            LOG.error("housekeeping failed", e);
        }
    }

    private void takeSnapshots() {
        for (GroupReplica<A> replica : replicas.values()) {
            GroupStatus status = replica.status();
            if (status.state() == GroupStatus.State.RUNNING && status.appliedIndex() > status.durableIndex()) {
                var _ = started.moves().takeSnapshot(replica.id()).exceptionally(e -> {
                    LOG.warn("no snapshot by time: group={} reason={}", replica.id(), Outcomes.reason(e));
                    return null;
                });
            }
        }
    }
}
