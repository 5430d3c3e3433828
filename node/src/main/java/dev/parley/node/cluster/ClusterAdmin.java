package dev.parley.node.cluster;

import dev.parley.node.system.ClusterAnswer;
import dev.parley.node.system.ClusterCommand;
import dev.parley.node.system.ClusterRules;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.Facts;
import dev.parley.node.system.Job;
import dev.parley.node.system.JoinToken;
import dev.parley.node.system.Move;
import dev.parley.node.system.Planner;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// What an administrator asks of the cluster, at any node. Thread-safe; blocks.
public final class ClusterAdmin implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int TOKEN_BYTES = 24;

    private final ClusterView view;
    private final ClusterOrders orders;
    private final Fleet fleet;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Worker.threads("cluster-ask", Worker.Kind.VIRTUAL, Fault.logged()));

    public ClusterAdmin(ClusterView view, ClusterOrders orders, Fleet fleet, Clock clock) {
        this.view = view;
        this.orders = orders;
        this.fleet = fleet;
        this.clock = clock;
    }

    /// The cluster as this node knows it, and what all nodes say now.
    public record Picture(ClusterState state, Facts facts) {}

    /// A request that the rules or the plan do not allow, with one sentence; or that nobody could take.
    public static final class NotDoneException extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean refused;

        NotDoneException(boolean refused, String sentence) {
            super(sentence);
            this.refused = refused;
        }

        /// Whether it will be the same next time.
        public boolean refused() {
            return refused;
        }
    }

    /// The cluster as this node knows it.
    public ClusterState state() {
        return view.state();
    }

    /// The same, and what all nodes say now.
    public Picture picture() {
        ClusterState state = view.state();
        return new Picture(state, CoordinatorLoop.ask(state, fleet, threads));
    }

    /// A token with which one node can join.
    public String token(Duration life) throws NotDoneException {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = "parley-join-" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        order(new ClusterCommand.AddToken(JoinToken.hash(token), clock.millis() + life.toMillis()));
        return token;
    }

    /// The moves that would even out the replicas.
    public List<Move> plan() {
        return Planner.rebalance(view.state());
    }

    /// Begins what [#plan] says, and to even out the leaders.
    ///
    /// @return the number of the job
    public long rebalance(long rateBytes) throws NotDoneException {
        return begin(() -> {
            ClusterState state = view.state();
            return new ClusterCommand.StartJob(
                    Job.Kind.REBALANCE, Optional.empty(), Planner.rebalance(state), rateBytes, state.version());
        });
    }

    /// Begins to move everything away from a node.
    ///
    /// @return the number of the job
    public long drain(NodeId node, long rateBytes) throws NotDoneException {
        return begin(() -> {
            Picture now = picture();
            for (GroupId group : now.state().held(node)) {
                refuseLastHealthy(now.facts(), group, node);
            }
            return new ClusterCommand.StartJob(
                    Job.Kind.DRAIN,
                    Optional.of(node),
                    Planner.drain(now.state(), node),
                    rateBytes,
                    now.state().version());
        });
    }

    /// The data would be gone with the node if no other replica is sound and none can be made from it.
    private static void refuseLastHealthy(Facts facts, GroupId group, NodeId node) throws NotDoneException {
        Optional<Facts.Led> led = facts.leader(group);
        if (led.isEmpty()) {
            throw new NotDoneException(
                    true,
                    "group %s has no leader now, so nothing of it can be moved: bring its nodes back first"
                            .formatted(group));
        }
        List<NodeId> others = led.get().status().replicas().stream()
                .filter(voter -> !voter.equals(node))
                .toList();
        boolean sound = others.isEmpty() || others.stream().anyMatch(voter -> facts.sound(led.get(), voter));
        if (!sound) {
            throw new NotDoneException(
                    true,
                    "node %s has the last healthy replica of %s: %s are not sound".formatted(node, group, others));
        }
    }

    /// Begins to move one replica.
    ///
    /// @param to where to; the best place if empty
    /// @return the number of the job
    public long move(GroupId group, NodeId from, Optional<NodeId> to, long rateBytes) throws NotDoneException {
        return begin(() -> {
            ClusterState state = view.state();
            Optional<NodeId> target = to.or(() -> Planner.target(state, group, from));
            if (target.isEmpty()) {
                throw new NotDoneException(true, "no other node can take a replica of " + group);
            }
            Move move = Move.waiting(group, target, Optional.of(from));
            return new ClusterCommand.StartJob(
                    Job.Kind.MOVE, Optional.empty(), List.of(move), rateBytes, state.version());
        });
    }

    /// Begins to throw a replica away and fetch it anew from the others: it is taken out as in a move, by
    /// voters that
    /// are
    /// sound without it, and replication rises again by itself.
    ///
    /// @return the number of the job
    public long repair(GroupId group, NodeId node, long rateBytes) throws NotDoneException {
        return begin(() -> {
            Picture now = picture();
            if (!now.state().replicas(group).contains(node)) {
                throw new NotDoneException(true, "node " + node + " has no replica of " + group);
            }
            if (now.state().replicas(group).size() < 2) {
                throw new NotDoneException(
                        true,
                        "node " + node + " has the only replica of " + group + ": there is nothing to fetch it from");
            }
            refuseLastHealthy(now.facts(), group, node);
            Move move = Move.waiting(group, Optional.empty(), Optional.of(node));
            return new ClusterCommand.StartJob(
                    Job.Kind.REPAIR,
                    Optional.empty(),
                    List.of(move),
                    rateBytes,
                    now.state().version());
        });
    }

    /// Lets another replica lead.
    public void transferLeader(GroupId group, NodeId to) throws NotDoneException {
        Facts facts = picture().facts();
        Optional<Facts.Led> led = facts.leader(group);
        if (led.isEmpty()) {
            throw new NotDoneException(false, "group " + group + " has no leader now");
        }
        if (led.get().node().equals(to)) {
            return;
        }
        if (!facts.sound(led.get(), to)) {
            throw new NotDoneException(true, "node " + to + " has no sound replica of " + group);
        }
        if (fleet.order(led.get().node(), new ReplicaOrder(ReplicaOrder.Kind.HAND_OVER, group, to), LIMIT)
                instanceof OrderOutcome.NotNow(String reason)) {
            throw new NotDoneException(false, reason);
        }
    }

    /// Stops, continues or gives up the job that has not ended.
    public long control(ClusterCommand.Control control) throws NotDoneException {
        Optional<Job> job = view.state().openJob();
        if (job.isEmpty()) {
            throw new NotDoneException(true, "no job is under way");
        }
        order(new ClusterCommand.ControlJob(job.get().number(), control));
        return job.get().number();
    }

    /// Takes a node out of the cluster for good.
    public void remove(NodeId node) throws NotDoneException {
        List<String> reasons = keepReasons(picture(), node);
        if (!reasons.isEmpty()) {
            throw new NotDoneException(
                    true, "node %s cannot be removed: %s".formatted(node, String.join("; ", reasons)));
        }
        order(new ClusterCommand.RemoveNode(node));
    }

    /// Why it would not be safe to remove a node now; empty if it is. From what all nodes say at this moment.
    public static List<String> keepReasons(Picture now, NodeId node) {
        List<String> reasons = new ArrayList<>();
        int held = now.state().held(node).size();
        if (held > 0) {
            reasons.add("%d replicas belong on it; drain it first with `parley node drain %s`".formatted(held, node));
        }
        now.state().openJob().ifPresent(job -> reasons.add("job " + job.number() + " has not ended"));
        for (GroupId group : now.state().placement().keySet()) {
            Optional<Facts.Led> led = now.facts().leader(group);
            if (led.isEmpty()) {
                reasons.add(group + " has no leader that answers");
                continue;
            }
            List<NodeId> voters = led.get().status().replicas();
            List<NodeId> sound = now.facts().soundVoters(led.get());
            if (voters.contains(node)) {
                reasons.add(node + " votes in " + group);
            } else if (sound.size() < voters.size()) {
                reasons.add("only %d of %d replicas of %s are sound".formatted(sound.size(), voters.size(), group));
            }
            Optional<GroupStatus.State> left = now.facts().state(node, group);
            if (left.isPresent() && held == 0) {
                reasons.add("files of " + group + " are still open there");
            }
        }
        return reasons;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /// Makes a job of the cluster as it is known here.
    private interface Planning {
        ClusterCommand.StartJob plan() throws NotDoneException;
    }

    /// Plans and begins a job. What this node knows may be older than what the leader does: then it is planned
    /// anew as
    /// soon as this node has heard of the change.
    private long begin(Planning planning) throws NotDoneException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            ClusterCommand.StartJob job = planning.plan();
            try {
                return order(job);
            } catch (NotDoneException e) {
                if (!ClusterRules.STALE.equals(e.getMessage()) || !heardOfNewer(job.planned(), deadline)) {
                    throw e;
                }
            }
        }
    }

    private boolean heardOfNewer(long version, long deadlineNanos) throws NotDoneException {
        try {
            return view.awaitNewer(version, Duration.ofNanos(deadlineNanos - System.nanoTime()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotDoneException(false, "the node is shutting down");
        }
    }

    private long order(ClusterCommand command) throws NotDoneException {
        try {
            return switch (orders.order(command, LIMIT)) {
                case ClusterAnswer.Done(long number) -> number;
                case ClusterAnswer.Refused(String why) -> throw new NotDoneException(true, why);
            };
        } catch (ClusterOrders.NoLeaderException e) {
            throw new NotDoneException(false, "the system group has no leader that answers");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotDoneException(false, "the node is shutting down");
        }
    }
}
