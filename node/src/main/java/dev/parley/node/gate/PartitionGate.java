package dev.parley.node.gate;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.placement.Replicas;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.protocol.ErrorCode;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.IntStream;

/// The gate over partitions: one lane of commands for each, and queries that find the leader by themselves.
public final class PartitionGate implements ChatGate, AutoCloseable {

    /// Queries under way at once; each occupies a virtual thread. Above it the caller is told `overloaded`.
    private static final int QUERIES_MAX = 4_096;

    /// Longest wait for one answer of a leader before it is looked for again.
    private static final Duration ATTEMPT = Duration.ofSeconds(5);

    private final Route route;
    private final Function<ChatCommand, byte[]> encoding;
    private final List<PartitionLane> lanes;
    private final List<Worker> workers;
    private final Executor askers;
    private final Semaphore queries = new Semaphore(QUERIES_MAX);

    /// What the gate needs to find a leader.
    ///
    /// @param deadline for a command or query from its arrival to its answer
    public record Route(
            NodeId self, Replicas placement, LeaderBoard leaders, LocalReplicas local, Peers peers, Duration deadline) {

        /// Whom to try: the leader as far as known, else the group's replicas in turn.
        Optional<NodeId> target(int partition, LeaderBoard.Standing standing, int attempt) {
            if (standing.leader().isPresent()) {
                boolean electedButNotReady = standing.leader().get().equals(self) && !standing.ready();
                return electedButNotReady ? Optional.empty() : standing.leader();
            }
            List<NodeId> replicas = placement.replicas(partition);
            if (replicas.isEmpty()) {
                return Optional.empty();
            }
            NodeId guess = replicas.get(attempt % replicas.size());
            return guess.equals(self) ? Optional.empty() : Optional.of(guess);
        }
    }

    /// Starts the lanes.
    ///
    /// @param encoding a command in the format of the Raft log
    /// @param askers runs each task on a thread of its own that may block
    public PartitionGate(Route route, Function<ChatCommand, byte[]> encoding, Executor askers) {
        this.route = route;
        this.encoding = encoding;
        this.askers = askers;
        this.lanes = IntStream.range(0, route.placement().partitioning().partitions())
                .mapToObj(partition -> new PartitionLane(partition, route))
                .toList();
        this.workers = lanes.stream()
                .map(lane -> Worker.start(lane.name(), Worker.Kind.VIRTUAL, Fault.fatal(), lane::run))
                .toList();
    }

    @Override
    public CompletableFuture<ChatAnswer> submit(ChatCommand command) {
        int partition = route.placement().partitioning().partitionOf(command.entityId());
        return lanes.get(partition).submit(encoding.apply(command));
    }

    @Override
    public CompletableFuture<QueryAnswer> ask(ChatQuery query) {
        if (!queries.tryAcquire()) {
            return CompletableFuture.failedFuture(
                    new GateException(ErrorCode.OVERLOADED, QUERIES_MAX + " queries are under way on this node"));
        }
        CompletableFuture<QueryAnswer> answer = new CompletableFuture<>();
        askers.execute(() -> {
            try {
                answer.complete(new QueryAttempts(query).run());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                answer.completeExceptionally(new GateException(ErrorCode.DRAINING, "the node is shutting down"));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            } finally {
                queries.release();
            }
        });
        return answer;
    }

    /// Ends the lanes; what they hold is answered as draining or unknown.
    @Override
    public void close() {
        lanes.forEach(PartitionLane::close);
        // An answer that is on its way is worth a moment; who waits longer is told that the outcome is unknown.
        workers.forEach(worker -> {
            if (!worker.join(Duration.ofSeconds(2))) {
                worker.stop(Duration.ofSeconds(2));
            }
        });
    }

    /// The tries to have one query answered.
    private final class QueryAttempts {
        private final ChatQuery query;
        private final int partition;
        private final GroupId group;
        private final Deadline deadline = Deadline.after(route.deadline());
        private String lastReason = "no leader is known";

        QueryAttempts(ChatQuery query) {
            this.query = query;
            this.partition = route.placement().partitioning().partitionOf(query.entityId());
            this.group = Partitioning.group(partition);
        }

        QueryAnswer run() throws InterruptedException {
            for (int attempt = 0; !deadline.passed(); attempt++) {
                LeaderBoard.Standing standing = route.leaders().standing(group);
                Optional<NodeId> target = route.target(partition, standing, attempt);
                if (target.isPresent()) {
                    ReadOutcome<QueryAnswer> outcome = ask(target.get(), standing);
                    if (outcome instanceof ReadOutcome.Done<QueryAnswer>(QueryAnswer answer)) {
                        return answer;
                    }
                    if (!learnedLeader(outcome, target.get(), standing)) {
                        Waiting.forChange(standing, deadline);
                    }
                } else {
                    Waiting.forChange(standing, deadline);
                }
            }
            throw new GateException(
                    ErrorCode.NO_LEADER, "no leader of partition " + partition + " answered in time: " + lastReason);
        }

        private ReadOutcome<QueryAnswer> ask(NodeId target, LeaderBoard.Standing standing) throws InterruptedException {
            Duration timeout = deadline.remaining(ATTEMPT);
            CompletableFuture<ReadOutcome<QueryAnswer>> outcome = target.equals(route.self())
                    ? route.local().ask(group, query)
                    : route.peers().ask(target, group, query, timeout);
            return Waiting.forOutcome(outcome, standing, timeout)
                    .orElse(new ReadOutcome.Unavailable<>("leader " + target + " did not answer"));
        }

        /// Whether another try can be made at once.
        private boolean learnedLeader(ReadOutcome<QueryAnswer> outcome, NodeId target, LeaderBoard.Standing standing) {
            return switch (outcome) {
                case ReadOutcome.Done<QueryAnswer> _ -> true;
                case ReadOutcome.NotLeader<QueryAnswer>(Optional<NodeId> leader) -> {
                    lastReason = target + " does not lead it";
                    yield Waiting.follow(route.leaders(), group, standing, leader.filter(l -> !l.equals(target)));
                }
                case ReadOutcome.Unavailable<QueryAnswer>(String reason) -> {
                    lastReason = reason;
                    yield false;
                }
            };
        }
    }
}
