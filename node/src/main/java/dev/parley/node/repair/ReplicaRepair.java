package dev.parley.node.repair;

import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicaAdmin;
import dev.parley.raftstorage.ReplicatedGroups;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings back replicas of this node that were found damaged, or are missing because the disk was lost.
///
/// A replica that lost what it stored must not vote as if nothing had happened. So, one group at a time: the
/// other
/// nodes take this one out of the group, it starts an empty replica that votes nowhere, and they let it in
/// again once
/// it
/// has caught up by a snapshot. The other two of three must be up; until they are, nothing changes. One virtual
/// thread.
public final class ReplicaRepair implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaRepair.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration REMOVAL = Duration.ofSeconds(30);

    /// A snapshot of the whole group may have to come over.
    private static final Duration JOINING = Duration.ofMinutes(15);

    private final NodeId self;
    private final ReplicatedGroups<?> groups;
    private final ReplicaAdmin admin;
    private final Neighbours neighbours;
    private final Set<NodeId> informed = new HashSet<>();
    private final Set<GroupId> waitingToJoin = new HashSet<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Worker worker;

    /// The other nodes.
    ///
    /// @param replicas the nodes that hold a group, this one too
    /// @param settled whether a replica of a group belongs here, and nobody moves it
    /// @param emptied whether this node came back without its data and the others must hear of it
    public record Neighbours(
            Supplier<List<NodeId>> others,
            Function<GroupId, List<NodeId>> replicas,
            Predicate<GroupId> settled,
            ReplicaChanges changes,
            boolean emptied) {}

    /// Starts to look after the groups of this node.
    public <G extends ReplicatedGroups<?> & ReplicaAdmin> ReplicaRepair(NodeId self, G groups, Neighbours neighbours) {
        this.self = self;
        this.groups = groups;
        this.admin = groups;
        this.neighbours = neighbours;
        this.worker = Worker.start("replica-repair", Worker.Kind.VIRTUAL, Fault.logged(), this::run);
    }

    @Override
    public void close() {
        closed.countDown();
        worker.stop(Duration.ofSeconds(2));
    }

    private void run() throws InterruptedException {
        while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            if (neighbours.emptied() && !everybodyInformed()) {
                continue;
            }
            for (GroupStatus status : groups.statuses()) {
                if (closed.getCount() > 0 && neighbours.settled().test(status.group())) {
                    look(status);
                }
            }
        }
    }

    private boolean everybodyInformed() {
        List<NodeId> others = neighbours.others().get();
        for (NodeId other : others) {
            if (!informed.contains(other) && neighbours.changes().announceEmpty(other)) {
                informed.add(other);
            }
        }
        return informed.containsAll(others);
    }

    private void look(GroupStatus status) throws InterruptedException {
        GroupId group = status.group();
        switch (status.state()) {
            // CLOSED is also a replica that failed while running: it has a directory, so no empty one can start beside
            // it.
            case QUARANTINED, CLOSED -> replace(status);
            case RUNNING, STARTING, INSTALLING -> {
                // A replica that is no member was started empty; perhaps before a restart of this node.
                if (waitingToJoin.contains(group) || status.replicas().isEmpty()) {
                    join(group);
                }
            }
        }
    }

    private void replace(GroupStatus status) throws InterruptedException {
        GroupId group = status.group();
        if (groups.health().fatal() || status.replicas().contains(self)) {
            return;
        }
        LOG.warn("replica is replaced: group={} state={} reason={}", group, status.state(), status.reason());
        if (!changed(group, other -> neighbours.changes().remove(other, group, REMOVAL))) {
            return;
        }
        try {
            admin.startEmptyReplica(group).get(REMOVAL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("empty replica not started: group={} reason={}", group, e.toString());
            return;
        }
        waitingToJoin.add(group);
        join(group);
    }

    private void join(GroupId group) {
        if (changed(group, other -> neighbours.changes().add(other, group, JOINING))) {
            waitingToJoin.remove(group);
            LOG.warn("replica is back: group={}", group);
        }
    }

    /// Asks the other replicas in turn, of which one leads.
    private boolean changed(GroupId group, Function<NodeId, ReplicaChanges.Outcome> request) {
        for (NodeId other : neighbours.replicas().apply(group)) {
            if (!other.equals(self)) {
                switch (request.apply(other)) {
                    case ReplicaChanges.Outcome.Done() -> {
                        return true;
                    }
                    case ReplicaChanges.Outcome.NotNow(String reason) ->
                        LOG.info("replica change not made: group={} asked={} reason={}", group, other, reason);
                }
            }
        }
        return false;
    }
}
