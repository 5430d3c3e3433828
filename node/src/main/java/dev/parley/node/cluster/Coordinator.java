package dev.parley.node.cluster;

import dev.parley.node.system.ClusterAnswer;
import dev.parley.node.system.ClusterCommand;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.Facts;
import dev.parley.node.system.Job;
import dev.parley.node.system.Move;
import dev.parley.node.system.MoveAction;
import dev.parley.node.system.MoveSteps;
import dev.parley.node.system.NodeEntry;
import dev.parley.node.system.Planner;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the leader of the `system` group does about its cluster: founds it, lets nodes in, raises replication,
/// and
/// carries jobs out, step by step. All that it must remember is in the group, and each step follows from what
/// the nodes
/// say now, so the next leader goes on where this one stopped. Used by one thread, [CoordinatorLoop].
final class Coordinator {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

    /// Moves under way at once, in the cluster and of one node.
    private static final int MOVES_MAX = 2;

    private static final int MOVES_PER_NODE_MAX = 1;

    /// A step that takes longer, such as sending a replica's data, is asked for again: it goes on meanwhile.
    private static final Duration STEP_LIMIT = Duration.ofSeconds(60);

    private static final Duration ORDER_LIMIT = Duration.ofSeconds(5);

    /// Tries to even out the leaders before a job ends without.
    private static final int HANDOVERS_MAX = 200;

    private final ClusterState founding;
    private final ClusterOrders orders;
    private final Fleet fleet;
    private final Executor steps;
    private final Set<GroupId> busy = ConcurrentHashMap.newKeySet();
    private final Map<Long, Integer> handovers = new HashMap<>();

    /// @param founding what the cluster begins with, if it is not founded yet
    /// @param steps runs each step on a thread of its own that may block
    Coordinator(ClusterState founding, ClusterOrders orders, Fleet fleet, Executor steps) {
        this.founding = founding;
        this.orders = orders;
        this.fleet = fleet;
        this.steps = steps;
    }

    /// One look at the cluster and what follows from it. Only for the leader of the `system` group.
    void look(ClusterState state, Facts facts) throws InterruptedException {
        if (state.version() == 0) {
            order(new ClusterCommand.Found(founding));
            return;
        }
        for (NodeEntry node : state.members()) {
            if (node.state() == NodeEntry.State.JOINING && facts.answers(node.id())) {
                order(new ClusterCommand.Activate(node.id()));
                LOG.info("node is active: node={}", node.id());
            }
        }
        Optional<Job> job = state.openJob();
        if (job.isPresent()) {
            carryOn(state, job.get(), facts);
        } else {
            raise(state, facts);
        }
        cleanUp(state, facts);
    }

    private void raise(ClusterState state, Facts facts) throws InterruptedException {
        List<Move> moves = Planner.raise(state, facts.reports().keySet());
        if (!moves.isEmpty()) {
            LOG.info("replication rises: groups={} wanted={}", moves.size(), state.wantedReplicas());
            order(new ClusterCommand.StartJob(Job.Kind.RAISE, Optional.empty(), moves, 0, state.version()));
        }
    }

    private void carryOn(ClusterState state, Job job, Facts facts) throws InterruptedException {
        if (job.allEnded()) {
            end(state, job, facts);
            return;
        }
        if (job.state() == Job.State.PAUSED) {
            return;
        }
        boolean aborting = job.state() == Job.State.ABORTING;
        for (Move move : chosen(job)) {
            if (busy.add(move.group())) {
                MoveAction action = MoveSteps.next(facts, move, aborting);
                try {
                    steps.execute(() -> carryOut(job, move, action));
                } catch (RejectedExecutionException e) {
                    busy.remove(move.group());
                }
            }
        }
    }

    /// The moves that are under way, and as many more as the bounds allow.
    private static List<Move> chosen(Job job) {
        List<Move> chosen = new ArrayList<>();
        Map<NodeId, Integer> taken = new HashMap<>();
        List<Move> open =
                job.moves().stream().filter(move -> !move.step().ended()).toList();
        open.stream().filter(Move::underway).forEach(move -> choose(move, chosen, taken));
        for (Move move : open) {
            boolean room = chosen.size() < MOVES_MAX
                    && taken.entrySet().stream()
                            .noneMatch(node -> move.concerns(node.getKey()) && node.getValue() >= MOVES_PER_NODE_MAX);
            if (!move.underway() && room && job.state() == Job.State.RUNNING) {
                choose(move, chosen, taken);
            }
        }
        return chosen;
    }

    private static void choose(Move move, List<Move> chosen, Map<NodeId, Integer> taken) {
        chosen.add(move);
        move.add().ifPresent(node -> taken.merge(node, 1, Integer::sum));
        move.remove().ifPresent(node -> taken.merge(node, 1, Integer::sum));
    }

    private void carryOut(Job job, Move move, MoveAction action) {
        try {
            note(job, move, action);
            switch (action) {
                case MoveAction.Await _, MoveAction.End _ -> {}
                case MoveAction.Prepare(NodeId node) -> ask(node, ReplicaOrder.Kind.PREPARE, move.group(), node);
                case MoveAction.AddVoter(NodeId leader, NodeId node) ->
                    ask(leader, ReplicaOrder.Kind.ADD_VOTER, move.group(), node);
                case MoveAction.HandOver(NodeId leader, NodeId to) ->
                    ask(leader, ReplicaOrder.Kind.HAND_OVER, move.group(), to);
                case MoveAction.RemoveVoter(NodeId leader, NodeId node) ->
                    ask(leader, ReplicaOrder.Kind.REMOVE_VOTER, move.group(), node);
                case MoveAction.Retire(NodeId node) -> ask(node, ReplicaOrder.Kind.RETIRE, move.group(), node);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            busy.remove(move.group());
        }
    }

    /// Notes how far the move is, durably, before the step is done.
    private void note(Job job, Move move, MoveAction action) throws InterruptedException {
        String why = action instanceof MoveAction.Await(Move.Step _, String reason) ? reason : "";
        // How far a newcomer lags changes all the time; that it waits for it is worth an entry only once.
        boolean sameWait = action.step() == move.step() && move.step() == Move.Step.CATCHING_UP;
        if (!sameWait && (action.step() != move.step() || !why.equals(move.note()))) {
            LOG.info(
                    "move step: job={} group={} add={} remove={} step={} why={}",
                    job.number(),
                    move.group(),
                    move.add().map(NodeId::value).orElse("-"),
                    move.remove().map(NodeId::value).orElse("-"),
                    action.step(),
                    why);
            order(new ClusterCommand.NoteStep(job.number(), move.group(), action.step(), why));
        }
    }

    /// Evens out the leaders, one after the other, and ends the job.
    private void end(ClusterState state, Job job, Facts facts) throws InterruptedException {
        if (job.state() != Job.State.ABORTING) {
            List<Planner.Transfer> transfers = Planner.leaders(state, leaders(state, facts));
            int tries = handovers.merge(job.number(), 1, Integer::sum);
            if (!transfers.isEmpty() && tries <= HANDOVERS_MAX) {
                Planner.Transfer next = transfers.get(tries % transfers.size());
                Optional<Facts.Led> led = facts.leader(next.group());
                if (led.isPresent() && facts.sound(led.get(), next.to())) {
                    ask(next.from(), ReplicaOrder.Kind.HAND_OVER, next.group(), next.to());
                }
                return;
            }
        }
        handovers.remove(job.number());
        long moved = job.moves().stream()
                .filter(move -> move.step() == Move.Step.DONE)
                .count();
        String note = "%d of %d moves done".formatted(moved, job.moves().size());
        order(new ClusterCommand.EndJob(job.number(), note));
        LOG.info(
                "job ended: job={} kind={} moves={} done={}",
                job.number(),
                job.kind(),
                job.moves().size(),
                moved);
    }

    static Map<GroupId, NodeId> leaders(ClusterState state, Facts facts) {
        Map<GroupId, NodeId> leaders = new HashMap<>();
        state.placement()
                .keySet()
                .forEach(group -> facts.leader(group).ifPresent(led -> leaders.put(group, led.node())));
        return leaders;
    }

    /// Takes out voters that an aborted move left, and files of replicas that a node kept because it was away.
    private void cleanUp(ClusterState state, Facts facts) throws InterruptedException {
        for (GroupId group : state.placement().keySet()) {
            Optional<Facts.Led> led = facts.leader(group);
            if (led.isEmpty() || state.openMove(group).isPresent() || busy.contains(group)) {
                continue;
            }
            List<NodeId> belong = state.replicas(group);
            Set<NodeId> voters = new HashSet<>(led.get().status().replicas());
            Optional<NodeId> stray =
                    voters.stream().filter(node -> !belong.contains(node)).findFirst();
            if (stray.isPresent()) {
                if (!stray.get().equals(led.get().node())) {
                    ask(led.get().node(), ReplicaOrder.Kind.REMOVE_VOTER, group, stray.get());
                }
                continue;
            }
            for (NodeId node : facts.reports().keySet()) {
                Optional<GroupStatus.State> left = facts.state(node, group);
                if (left.isPresent() && !belong.contains(node) && !voters.contains(node)) {
                    ask(node, ReplicaOrder.Kind.RETIRE, group, node);
                }
            }
        }
    }

    private void ask(NodeId node, ReplicaOrder.Kind kind, GroupId group, NodeId subject) {
        if (fleet.order(node, new ReplicaOrder(kind, group, subject), STEP_LIMIT)
                instanceof OrderOutcome.NotNow(String reason)) {
            LOG.info("step not done yet: step={} group={} asked={} reason={}", kind, group, node, reason);
        }
    }

    private void order(ClusterCommand command) throws InterruptedException {
        try {
            if (orders.order(command, ORDER_LIMIT) instanceof ClusterAnswer.Refused(String why)) {
                LOG.info(
                        "refused by the system group: command={} reason={}",
                        command.getClass().getSimpleName(),
                        why);
            }
        } catch (ClusterOrders.NoLeaderException e) {
            LOG.info("not noted: command={} reason={}", command.getClass().getSimpleName(), e.getMessage());
        }
    }
}
