package dev.parley.node.system;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.UnaryOperator;

/// The rules of the `system` group: a state and a command make the next state or a refusal. Deterministic.
public final class ClusterRules {
    /// The refusal of what was planned on an older state: it may be planned anew.
    public static final String STALE = "the cluster has changed since this was planned; plan again";

    private static final int JOBS_KEPT = 20;
    private static final int TOKENS_MAX = 64;
    private static final int NODES_MAX = 64;

    private ClusterRules() {}

    /// What a command does.
    ///
    /// @param state the same object if nothing changed
    public record Decision(ClusterState state, ClusterAnswer answer) {}

    /// Decides.
    ///
    /// @param now the stamp of the entry
    public static Decision decide(ClusterState state, ClusterCommand command, long now) {
        if (command instanceof ClusterCommand.Found(ClusterState initial)) {
            return found(state, initial);
        }
        if (state.version() == 0) {
            return refused(state, "the cluster is not founded yet");
        }
        return switch (command) {
            case ClusterCommand.Found _ -> done(state);
            case ClusterCommand.AddToken token -> addToken(state, token, now);
            case ClusterCommand.Join join -> join(state, join, now);
            case ClusterCommand.Introduce(NodeEntry node) -> introduce(state, node);
            case ClusterCommand.Activate(NodeId node) -> activate(state, node);
            case ClusterCommand.StartJob start -> startJob(state, start, now);
            case ClusterCommand.NoteStep step -> noteStep(state, step);
            case ClusterCommand.ControlJob control -> control(state, control);
            case ClusterCommand.EndJob(long job, String note) -> endJob(state, job, note, now);
            case ClusterCommand.RemoveNode(NodeId node) -> removeNode(state, node);
        };
    }

    private static Decision found(ClusterState state, ClusterState initial) {
        return state.version() > 0 ? done(state) : new Decision(withVersion(initial, 1), new ClusterAnswer.Done(0));
    }

    private static Decision addToken(ClusterState state, ClusterCommand.AddToken add, long now) {
        List<JoinToken> tokens = new ArrayList<>(state.tokens());
        // Used and expired ones are kept for as long as there is room: they make a better refusal.
        tokens.removeIf(token -> token.hash().equals(add.hash()));
        if (tokens.size() >= TOKENS_MAX) {
            tokens.removeIf(token -> !token.usedBy().isEmpty() || token.expiresMillis() <= now);
        }
        if (tokens.size() >= TOKENS_MAX) {
            return refused(state, TOKENS_MAX + " join tokens are good already; wait until some expire");
        }
        tokens.add(new JoinToken(add.hash(), add.expiresMillis(), ""));
        return changed(withTokens(state, tokens));
    }

    private static Decision join(ClusterState state, ClusterCommand.Join join, long now) {
        NodeEntry node = join.node();
        Optional<NodeEntry> before = state.node(node.id());
        if (before.filter(known ->
                        known.incarnation().equals(node.incarnation()) && known.state() != NodeEntry.State.REMOVED)
                .isPresent()) {
            return done(state); // An earlier request did it, whose answer was lost.
        }
        Optional<JoinToken> token = state.tokens().stream()
                .filter(known -> known.hash().equals(join.tokenHash()))
                .findFirst();
        if (token.isEmpty()) {
            return refused(state, "the join token is not known here; make one with `parley node token`");
        }
        if (!token.get().usedBy().isEmpty()) {
            return refused(
                    state, "the join token was used by node " + token.get().usedBy() + "; make a new one");
        }
        if (token.get().expiresMillis() <= now) {
            return refused(state, "the join token has expired; make a new one with `parley node token`");
        }
        Optional<String> problem = addressProblem(state, node);
        if (problem.isPresent()) {
            return refused(state, problem.get());
        }
        if (state.nodes().size() >= NODES_MAX && before.isEmpty()) {
            return refused(state, "the cluster has " + NODES_MAX + " nodes already");
        }
        NodeEntry.State next = before.filter(known -> known.state() != NodeEntry.State.REMOVED)
                .map(NodeEntry::state)
                .orElse(NodeEntry.State.JOINING);
        List<JoinToken> tokens = state.tokens().stream()
                .map(known -> known.equals(token.get())
                        ? new JoinToken(
                                known.hash(), known.expiresMillis(), node.id().value())
                        : known)
                .toList();
        return changed(withTokens(withNode(state, node.in(next)), tokens));
    }

    private static Optional<String> addressProblem(ClusterState state, NodeEntry node) {
        return state.members().stream()
                .filter(other -> !other.id().equals(node.id()))
                .filter(other -> other.address().host().equals(node.address().host())
                        && (other.address().raftPort() == node.address().raftPort()
                                || other.address().peerPort() == node.address().peerPort()))
                .map(other -> "node " + other.id() + " has the address "
                        + other.address().host() + " with ports "
                        + other.address().raftPort() + " and " + other.address().peerPort() + " already")
                .findFirst();
    }

    private static Decision introduce(ClusterState state, NodeEntry node) {
        Optional<NodeEntry> known = state.node(node.id());
        if (known.isEmpty() || known.get().state() == NodeEntry.State.REMOVED) {
            return refused(state, "node " + node.id() + " is not of this cluster; it joins with a token");
        }
        Optional<String> problem = addressProblem(state, node);
        if (problem.isPresent()) {
            return refused(state, problem.get());
        }
        NodeEntry next = node.in(known.get().state());
        return next.equals(known.get()) ? done(state) : changed(withNode(state, next));
    }

    private static Decision activate(ClusterState state, NodeId id) {
        return state.node(id)
                .filter(node -> node.state() == NodeEntry.State.JOINING)
                .map(node -> changed(withNode(state, node.in(NodeEntry.State.ACTIVE))))
                .orElseGet(() -> done(state));
    }

    private static Decision startJob(ClusterState state, ClusterCommand.StartJob start, long now) {
        Optional<Job> open = state.openJob();
        if (open.isPresent()) {
            return refused(
                    state,
                    "job %d (%s) has not ended; wait for it, or stop it with `parley rebalance abort`"
                            .formatted(open.get().number(), name(open.get().kind())));
        }
        Optional<String> problem = planProblem(state, start);
        if (problem.isPresent()) {
            return refused(state, problem.get());
        }
        long number = state.jobs().isEmpty() ? 1 : state.jobs().getLast().number() + 1;
        List<Job> jobs = new ArrayList<>(state.jobs());
        while (jobs.size() >= JOBS_KEPT) {
            jobs.removeFirst();
        }
        jobs.add(new Job(
                number, start.kind(), Job.State.RUNNING, start.node(), start.rateBytes(), start.moves(), now, 0, ""));
        ClusterState next = withJobs(state, jobs);
        if (start.kind() == Job.Kind.DRAIN) {
            NodeEntry drained = start.node().flatMap(state::node).orElseThrow();
            next = withNode(next, drained.in(NodeEntry.State.DRAINING));
        }
        return new Decision(withVersion(next, state.version() + 1), new ClusterAnswer.Done(number));
    }

    private static Optional<String> planProblem(ClusterState state, ClusterCommand.StartJob start) {
        if (start.planned() != state.version()) {
            return Optional.of(STALE);
        }
        if (start.kind() == Job.Kind.DRAIN && start.node().flatMap(state::node).isEmpty()) {
            return Optional.of("there is no such node");
        }
        if (start.moves().isEmpty() && start.kind() != Job.Kind.REBALANCE && start.kind() != Job.Kind.DRAIN) {
            return Optional.of("there is nothing to move");
        }
        Set<GroupId> groups = new HashSet<>();
        for (Move move : start.moves()) {
            List<NodeId> before = state.replicas(move.group());
            if (!groups.add(move.group())) {
                return Optional.of(move.group() + " is to be moved twice");
            }
            if (move.remove().filter(node -> !before.contains(node)).isPresent()) {
                return Optional.of("node " + move.remove().get() + " has no replica of " + move.group());
            }
            if (move.add().filter(before::contains).isPresent()) {
                return Optional.of("node " + move.add().get() + " has a replica of " + move.group() + " already");
            }
            if (move.add()
                    .filter(node -> state.active().stream()
                            .noneMatch(active -> active.id().equals(node)))
                    .isPresent()) {
                return Optional.of("node " + move.add().get() + " is not active");
            }
            if (move.after(before).isEmpty()) {
                return Optional.of("node " + move.remove().map(NodeId::value).orElse("-") + " has the last replica of "
                        + move.group() + ", and no other node can take it");
            }
        }
        return Optional.empty();
    }

    private static Decision noteStep(ClusterState state, ClusterCommand.NoteStep note) {
        Optional<Job> job = open(state, note.job());
        Optional<Move> move = job.flatMap(found -> found.open(note.group()));
        if (move.isEmpty()) {
            return done(state);
        }
        Move next = move.get().at(note.step(), note.note());
        if (next.equals(move.get())) {
            return done(state);
        }
        ClusterState changed = withJob(state, job.get().with(replaced(job.get().moves(), move.get(), next)));
        if (note.step() == Move.Step.DONE) {
            SortedMap<GroupId, List<NodeId>> placement = ClusterState.placements(state.placement());
            placement.put(note.group(), next.after(state.replicas(note.group())));
            changed = withPlacement(changed, placement);
        }
        return changed(changed);
    }

    private static Decision control(ClusterState state, ClusterCommand.ControlJob command) {
        Optional<Job> found = open(state, command.job());
        if (found.isEmpty()) {
            return refused(state, "no such job is under way");
        }
        Job job = found.get();
        if (job.state() == Job.State.ABORTING) {
            return command.control() == ClusterCommand.Control.ABORT
                    ? done(state)
                    : refused(state, "job " + job.number() + " is being aborted");
        }
        return switch (command.control()) {
            case PAUSE -> changed(withJob(state, job.in(Job.State.PAUSED, 0, "")));
            case RESUME -> changed(withJob(state, job.in(Job.State.RUNNING, 0, "")));
            case ABORT -> {
                List<Move> moves = job.moves().stream()
                        .map(move -> move.step() == Move.Step.WAITING ? move.at(Move.Step.UNDONE, "aborted") : move)
                        .toList();
                yield changed(withJob(state, job.with(moves).in(Job.State.ABORTING, 0, "")));
            }
        };
    }

    private static Decision endJob(ClusterState state, long number, String note, long now) {
        Optional<Job> found = open(state, number);
        if (found.isEmpty()) {
            return done(state);
        }
        Job job = found.get();
        if (!job.allEnded()) {
            return refused(state, "job " + number + " has moves that have not ended");
        }
        boolean aborted = job.state() == Job.State.ABORTING;
        ClusterState next = withJob(state, job.in(aborted ? Job.State.ABORTED : Job.State.DONE, now, note));
        Optional<NodeEntry> drained = job.node().flatMap(state::node);
        if (aborted
                && drained.filter(node -> node.state() == NodeEntry.State.DRAINING)
                        .isPresent()) {
            next = withNode(next, drained.get().in(NodeEntry.State.ACTIVE));
        }
        return changed(next);
    }

    private static Decision removeNode(ClusterState state, NodeId id) {
        Optional<NodeEntry> node = state.node(id);
        if (node.isEmpty()) {
            return refused(state, "there is no node " + id);
        }
        if (node.get().state() == NodeEntry.State.REMOVED) {
            return done(state);
        }
        List<GroupId> held = state.held(id);
        if (!held.isEmpty()) {
            return refused(
                    state,
                    "node %s holds %d replicas (%s, …); drain it first with `parley node drain %s`"
                            .formatted(id, held.size(), held.getFirst(), id));
        }
        boolean moving = state.openJob()
                .filter(job -> job.node().filter(id::equals).isPresent()
                        || job.moves().stream().anyMatch(move -> !move.step().ended() && move.concerns(id)))
                .isPresent();
        if (moving) {
            return refused(state, "a job still moves replicas of node " + id);
        }
        return changed(withNode(state, node.get().in(NodeEntry.State.REMOVED)));
    }

    private static Optional<Job> open(ClusterState state, long number) {
        return state.openJob().filter(job -> job.number() == number);
    }

    private static String name(Job.Kind kind) {
        return kind.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static <T> List<T> replaced(List<T> list, T before, T after) {
        UnaryOperator<T> swap = item -> item.equals(before) ? after : item;
        return list.stream().map(swap).toList();
    }

    private static ClusterState withJob(ClusterState state, Job job) {
        return withJobs(
                state,
                state.jobs().stream()
                        .map(known -> known.number() == job.number() ? job : known)
                        .toList());
    }

    private static ClusterState withNode(ClusterState state, NodeEntry node) {
        List<NodeEntry> nodes = new ArrayList<>(state.nodes());
        nodes.removeIf(known -> known.id().equals(node.id()));
        nodes.add(node);
        return new ClusterState(
                state.version(),
                state.partitions(),
                state.replication(),
                state.featureLevel(),
                nodes,
                state.placement(),
                state.jobs(),
                state.tokens());
    }

    private static ClusterState withJobs(ClusterState state, List<Job> jobs) {
        return new ClusterState(
                state.version(),
                state.partitions(),
                state.replication(),
                state.featureLevel(),
                state.nodes(),
                state.placement(),
                jobs,
                state.tokens());
    }

    private static ClusterState withTokens(ClusterState state, List<JoinToken> tokens) {
        return new ClusterState(
                state.version(),
                state.partitions(),
                state.replication(),
                state.featureLevel(),
                state.nodes(),
                state.placement(),
                state.jobs(),
                tokens);
    }

    private static ClusterState withPlacement(ClusterState state, SortedMap<GroupId, List<NodeId>> placement) {
        return new ClusterState(
                state.version(),
                state.partitions(),
                state.replication(),
                state.featureLevel(),
                state.nodes(),
                placement,
                state.jobs(),
                state.tokens());
    }

    private static ClusterState withVersion(ClusterState state, long version) {
        return new ClusterState(
                version,
                state.partitions(),
                state.replication(),
                state.featureLevel(),
                state.nodes(),
                state.placement(),
                state.jobs(),
                state.tokens());
    }

    private static Decision changed(ClusterState state) {
        return new Decision(withVersion(state, state.version() + 1), new ClusterAnswer.Done(0));
    }

    private static Decision done(ClusterState state) {
        return new Decision(state, new ClusterAnswer.Done(0));
    }

    private static Decision refused(ClusterState state, String why) {
        return new Decision(state, new ClusterAnswer.Refused(why));
    }
}
