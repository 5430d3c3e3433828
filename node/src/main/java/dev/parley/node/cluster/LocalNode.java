package dev.parley.node.cluster;

import dev.parley.node.log.ClusterCommandCodec;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.system.ClusterAnswer;
import dev.parley.node.system.ClusterCommand;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.Job;
import dev.parley.node.system.Move;
import dev.parley.node.system.NodeReport;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicaAdmin;
import dev.parley.raftstorage.ReplicatedGroups;
import dev.parley.raftstorage.SubmitOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this node does when it is asked as one of the fleet. Thread-safe; blocks.
public final class LocalNode {
    private static final Logger LOG = LoggerFactory.getLogger(LocalNode.class);

    private final ClusterView view;
    private final ReplicatedGroups<ClusterAnswer> groups;
    private final ReplicaAdmin admin;
    private final Condition condition;

    /// How the node is.
    ///
    /// @param ready whether it takes clients
    /// @param freeBytes of its data directory's disk
    public record Condition(BooleanSupplier ready, LongSupplier freeBytes) {}

    public LocalNode(
            ClusterView view, ReplicatedGroups<ClusterAnswer> groups, ReplicaAdmin admin, Condition condition) {
        this.view = view;
        this.groups = groups;
        this.admin = admin;
        this.condition = condition;
    }

    public NodeId self() {
        return view.self();
    }

    public Optional<ClusterState> newer(long version) {
        return Optional.of(view.state()).filter(state -> state.version() > version);
    }

    public SubmitOutcome<ClusterAnswer> submit(ClusterCommand command, Duration limit) {
        return submit(ClusterCommandCodec.encode(command), limit);
    }

    /// The same with a command as it came over the wire.
    public SubmitOutcome<ClusterAnswer> submit(byte[] command, Duration limit) {
        try {
            return groups.submit(Partitioning.SYSTEM, List.of(command)).get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new SubmitOutcome.Unknown<>("interrupted");
        } catch (ExecutionException | TimeoutException e) {
            return new SubmitOutcome.Unknown<>("no answer: " + e);
        }
    }

    public NodeReport report() {
        List<NodeReport.Replica> replicas = groups.statuses().stream()
                .map(status -> new NodeReport.Replica(status, groups.tableBytes(status.group())))
                .toList();
        return new NodeReport(
                view.self(),
                condition.ready().getAsBoolean(),
                condition.freeBytes().getAsLong(),
                replicas);
    }

    public OrderOutcome order(ReplicaOrder order, Duration limit) {
        LOG.info("replica order: order={} group={} subject={}", order.kind(), order.group(), order.subject());
        OrderOutcome outcome = carryOut(order, limit);
        if (outcome instanceof OrderOutcome.NotNow(String reason)) {
            LOG.info("replica order not done: order={} group={} reason={}", order.kind(), order.group(), reason);
        }
        return outcome;
    }

    private OrderOutcome carryOut(ReplicaOrder order, Duration limit) {
        GroupStatus status = groups.status(order.group());
        boolean votes = status.replicas().contains(order.subject());
        return switch (order.kind()) {
            case PREPARE ->
                status.state() == GroupStatus.State.CLOSED || status.state() == GroupStatus.State.QUARANTINED
                        ? await(admin.startEmptyReplica(order.group()), limit)
                        : new OrderOutcome.Done();
            case ADD_VOTER -> votes ? done() : await(admin.addReplica(order.group(), order.subject()), limit);
            case REMOVE_VOTER -> votes ? await(admin.removeReplica(order.group(), order.subject()), limit) : done();
            case HAND_OVER -> await(groups.transferLeadership(order.group(), order.subject()), limit);
            case RETIRE ->
                status.role() == GroupStatus.Role.LEADER || stays(order.group())
                        ? new OrderOutcome.NotNow("the replica of " + order.group() + " belongs on " + view.self())
                        : await(admin.retireReplica(order.group()), limit);
        };
    }

    /// Whether a replica belongs here, or is on its way here, as far as this node knows.
    private boolean stays(GroupId group) {
        ClusterState state = view.state();
        Optional<Job> job = state.openJob();
        Optional<Move> move = state.openMove(group);
        boolean leaving = move.flatMap(Move::remove).filter(view.self()::equals).isPresent();
        boolean coming = move.flatMap(Move::add).filter(view.self()::equals).isPresent()
                && job.filter(open -> open.state() != Job.State.ABORTING).isPresent();
        return coming || (state.replicas(group).contains(view.self()) && !leaving);
    }

    private static OrderOutcome done() {
        return new OrderOutcome.Done();
    }

    private static OrderOutcome await(CompletableFuture<Void> change, Duration limit) {
        try {
            change.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return done();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new OrderOutcome.NotNow("interrupted");
        } catch (TimeoutException e) {
            return new OrderOutcome.NotNow("still under way after " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new OrderOutcome.NotNow(String.valueOf(cause.getMessage()));
        }
    }
}
