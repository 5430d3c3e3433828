package dev.parley.node.gate;

import dev.parley.chat.ChatAnswer;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.protocol.ErrorCode;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SubmitOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The commands of this node for one partition, in order: one batch is under way, the next one gathers.
///
/// One batch at a time keeps the order when a leader dies: the batch is sent again, unchanged, before anything later.
/// Load
/// makes batches and idle makes latency. The lane's own thread runs [#run]; any thread submits.
final class PartitionLane implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionLane.class);

    /// Bytes and commands of one batch (design section 4).
    private static final int BATCH_BYTES_MAX = 256 * 1024;

    private static final int BATCH_COMMANDS_MAX = 2_048;

    /// Bytes waiting in the lane; above, a command is refused as `overloaded`.
    private static final long WAITING_BYTES_MAX = 8L << 20;

    /// Longest wait for one answer of a leader before it is looked for again.
    private static final Duration ATTEMPT = Duration.ofSeconds(5);

    private final int partition;
    private final GroupId group;
    private final PartitionGate.Route route;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean closed;

    PartitionLane(int partition, PartitionGate.Route route) {
        this.partition = partition;
        this.group = Partitioning.group(partition);
        this.route = route;
    }

    String name() {
        return "lane-" + group;
    }

    CompletableFuture<ChatAnswer> submit(byte[] command) {
        Pending pending = new Pending(command, Deadline.after(route.deadline()));
        lock.lock();
        try {
            if (closed) {
                pending.fail(ErrorCode.DRAINING, "the node is shutting down");
            } else if (waitingBytes + command.length > WAITING_BYTES_MAX) {
                pending.fail(ErrorCode.OVERLOADED, "partition " + partition + " has too many commands waiting here");
            } else {
                waiting.add(pending);
                waitingBytes += command.length;
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
        return pending.answer;
    }

    /// Carries batches until the lane is closed.
    void run() throws InterruptedException {
        List<Pending> batch = List.of();
        try {
            for (batch = take(); !batch.isEmpty(); batch = take()) {
                carry(batch);
            }
        } finally {
            close();
            batch.forEach(pending -> pending.fail(ErrorCode.OUTCOME_UNKNOWN, "the node stopped before the answer"));
            drop();
        }
    }

    /// Takes no more commands; the thread ends after the batch under way.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The next batch; empty when the lane was closed.
    private List<Pending> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !closed) {
                arrived.await();
            }
            List<Pending> batch = new ArrayList<>();
            long bytes = 0;
            while (!closed && !waiting.isEmpty() && batch.size() < BATCH_COMMANDS_MAX) {
                int next = waiting.getFirst().command.length;
                if (!batch.isEmpty() && bytes + next > BATCH_BYTES_MAX) {
                    break;
                }
                bytes += next;
                batch.add(waiting.removeFirst());
            }
            waitingBytes -= bytes;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /// Submits a batch until each command is answered or past its deadline.
    private void carry(List<Pending> batch) throws InterruptedException {
        List<Pending> left = batch;
        GateException last = new GateException(ErrorCode.NO_LEADER, "no leader is known");
        for (int attempt = 0; !left.isEmpty(); attempt++) {
            left = dropExpired(left, last);
            if (left.isEmpty()) {
                return;
            }
            Deadline deadline = left.getFirst().deadline;
            LeaderBoard.Standing standing = route.leaders().standing(group);
            Optional<NodeId> target = route.target(partition, standing, attempt);
            if (target.isEmpty()) {
                Waiting.forChange(standing, deadline);
                continue;
            }
            SubmitOutcome<ChatAnswer> outcome = submitTo(target.get(), left, standing);
            switch (outcome) {
                case SubmitOutcome.Applied<ChatAnswer>(List<ChatAnswer> answers, long _) -> {
                    answer(left, answers);
                    return;
                }
                case SubmitOutcome.Refused<ChatAnswer>(String why) -> {
                    left.forEach(pending -> pending.fail(ErrorCode.TOO_LARGE, why));
                    return;
                }
                case SubmitOutcome.NotLeader<ChatAnswer>(Optional<NodeId> leader) -> {
                    last = new GateException(ErrorCode.NO_LEADER, target.get() + " does not lead it");
                    Optional<NodeId> other = leader.filter(node -> !node.equals(target.get()));
                    if (!Waiting.follow(route.leaders(), group, standing, other)) {
                        Waiting.forChange(route.leaders().standing(group), deadline);
                    }
                }
                case SubmitOutcome.Unavailable<ChatAnswer>(SubmitOutcome.Cause cause, String why) -> {
                    last = unavailable(cause, why);
                    if (cause == SubmitOutcome.Cause.DISK_LOW) {
                        left.forEach(pending -> pending.failUnlessUncertain(ErrorCode.DISK_LOW, why));
                        return;
                    }
                    Waiting.forChange(standing, deadline);
                }
                case SubmitOutcome.Unknown<ChatAnswer>(String why) -> {
                    last = new GateException(ErrorCode.NO_LEADER, why);
                    left.forEach(pending -> pending.uncertain = true);
                    LOG.info(
                            "batch unsure, sent again: group={} target={} commands={} reason={}",
                            group,
                            target.get(),
                            left.size(),
                            why);
                    Waiting.forChange(standing, deadline);
                }
            }
        }
    }

    private SubmitOutcome<ChatAnswer> submitTo(NodeId target, List<Pending> batch, LeaderBoard.Standing standing)
            throws InterruptedException {
        List<byte[]> commands = batch.stream().map(pending -> pending.command).toList();
        Duration timeout = batch.getFirst().deadline.remaining(ATTEMPT);
        if (target.equals(route.self())) {
            // Its own leader is not given up at a change: it answers by itself, and only it knows what it appended.
            return Waiting.forOutcome(route.local().submit(group, commands), timeout)
                    .orElse(new SubmitOutcome.Unknown<>("the leader on this node did not answer in time"));
        }
        return Waiting.forOutcome(route.peers().submit(target, group, commands, timeout), standing, timeout)
                .orElse(new SubmitOutcome.Unknown<>("leader " + target + " did not answer"));
    }

    private static void answer(List<Pending> batch, List<ChatAnswer> answers) {
        if (answers.size() != batch.size()) {
            throw new IllegalStateException(answers.size() + " answers to " + batch.size() + " commands");
        }
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).complete(answers.get(i));
        }
    }

    private static GateException unavailable(SubmitOutcome.Cause cause, String why) {
        return switch (cause) {
            case OVERLOADED -> new GateException(ErrorCode.OVERLOADED, why);
            case DISK_LOW -> new GateException(ErrorCode.DISK_LOW, why);
            case NOT_READY, CLOSED -> new GateException(ErrorCode.NO_LEADER, why);
        };
    }

    private List<Pending> dropExpired(List<Pending> batch, GateException last) {
        if (batch.stream().noneMatch(pending -> pending.deadline.passed())) {
            return batch;
        }
        List<Pending> left = new ArrayList<>();
        for (Pending pending : batch) {
            if (pending.deadline.passed()) {
                pending.failUnlessUncertain(
                        last.code(), "partition " + partition + " gave no answer in time: " + last.getMessage());
            } else {
                left.add(pending);
            }
        }
        return left;
    }

    private void drop() {
        lock.lock();
        try {
            waiting.forEach(pending -> pending.fail(ErrorCode.DRAINING, "the node is shutting down"));
            waiting.clear();
            waitingBytes = 0;
        } finally {
            lock.unlock();
        }
    }

    /// One command on its way.
    private static final class Pending {
        private final byte[] command;
        private final Deadline deadline;
        private final CompletableFuture<ChatAnswer> answer = new CompletableFuture<>();

        /// Whether an earlier try may have been carried out. Only the lane's thread uses it.
        private boolean uncertain;

        Pending(byte[] command, Deadline deadline) {
            this.command = command;
            this.deadline = deadline;
        }

        void complete(ChatAnswer value) {
            if (uncertain && value instanceof ChatAnswer.Refused(var refusal, String detail)) {
                // The refusal may be the consequence of the first try, as when a member who left may not leave again.
                fail(ErrorCode.OUTCOME_UNKNOWN, "a second try was refused (" + refusal + ": " + detail + ")");
            } else {
                answer.complete(value);
            }
        }

        void failUnlessUncertain(ErrorCode code, String detail) {
            if (uncertain) {
                fail(ErrorCode.OUTCOME_UNKNOWN, detail);
            } else {
                fail(code, detail);
            }
        }

        void fail(ErrorCode code, String detail) {
            answer.completeExceptionally(new GateException(code, detail));
        }
    }
}
