package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.SubmitOutcome.Cause;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.jspecify.annotations.Nullable;

/// One leadership of one group: gathers batches and proposes them as entries, from one thread of its own, so that
/// the log has them in the order in which they came.
///
/// When nothing is under way, a batch is proposed at once. While entries are under way the next one gathers,
/// because the cost is per entry; it goes out as soon as none is under way any more, or when [#GATHERED_BYTES] have
/// come together and fewer than [#ENTRIES_IN_FLIGHT_MAX] are under way.
final class LedTerm<A> {
    static final int ENTRIES_IN_FLIGHT_MAX = 4;

    /// Up to here an entry takes further batches; a single larger batch goes alone.
    static final int MERGED_BYTES_MAX = 256 << 10;

    /// An entry of 64 KB costs about three times an empty one: the share of a message in the cost of its entry is
    /// small by then, and waiting longer would only add latency.
    static final int GATHERED_BYTES = 64 << 10;

    private static final Duration DEADLINE_CHECK = Duration.ofMillis(500);

    private final Context context;
    private final ClientId clientId = ClientId.randomId();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Proposal.Batch<A>> waiting = new ArrayDeque<>();
    private final Map<Long, Proposal<A>> proposals = new ConcurrentHashMap<>();
    private long waitingBytes;
    private long pendingBytes;
    private int inFlight;
    private boolean over;
    private Optional<NodeId> successor = Optional.empty();
    private long nextCallId = 1;
    private long lastMillis;
    private long overdueCheckedNanos = System.nanoTime();

    /// Begins to propose.
    ///
    /// @param firstMillis the latest stamp applied so far: none may be earlier
    LedTerm(Context context, long firstMillis) {
        this.context = context;
        this.lastMillis = firstMillis;
        Thread.ofPlatform()
                .name("storage-submit-" + context.group().name())
                .daemon()
                .start(this::run);
    }

    void submit(Proposal.Batch<A> batch) {
        SubmitOutcome<A> turnedAway = null;
        lock.lock();
        try {
            if (over) {
                turnedAway = new SubmitOutcome.NotLeader<>(successor);
            } else if (pendingBytes + batch.bytes() > context.pendingBytesMax()) {
                turnedAway = new SubmitOutcome.Unavailable<>(
                        Cause.OVERLOADED, pendingBytes + " bytes wait in " + context.group());
            } else {
                waiting.add(batch);
                waitingBytes += batch.bytes();
                pendingBytes += batch.bytes();
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
        if (turnedAway != null) {
            batch.outcome().complete(turnedAway);
        }
    }

    ClientId clientId() {
        return clientId;
    }

    /// The proposal of a number, if it is under way.
    Optional<Proposal<A>> proposal(long callId) {
        return Optional.ofNullable(proposals.get(callId));
    }

    /// Whether the leadership is over and none of its proposals is under way any more.
    boolean isDrained() {
        lock.lock();
        try {
            return over && inFlight == 0;
        } finally {
            lock.unlock();
        }
    }

    boolean isOver() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the leadership. What waits was not proposed and is told so; what was proposed is answered as Ratis
    /// answers.
    void end(Optional<NodeId> newLeader) {
        List<Proposal.Batch<A>> left;
        lock.lock();
        try {
            if (over) {
                return;
            }
            over = true;
            successor = newLeader;
            left = List.copyOf(waiting);
            waiting.clear();
            waitingBytes = 0;
            pendingBytes -= left.stream().mapToLong(Proposal.Batch::bytes).sum();
            changed.signal();
        } finally {
            lock.unlock();
        }
        context.completions()
                .execute(() ->
                        left.forEach(batch -> batch.outcome().complete(new SubmitOutcome.NotLeader<>(newLeader))));
    }

    private void run() {
        Proposal<A> next = awaitNext();
        while (next != null) {
            propose(next);
            next = awaitNext();
        }
    }

    /// Waits until there is an entry to propose.
    ///
    /// @return null when the leadership is over and no proposal is under way any more
    private @Nullable Proposal<A> awaitNext() {
        lock.lock();
        try {
            while (!mayPropose()) {
                if (over && inFlight == 0) {
                    return null;
                }
                if (inFlight == 0) {
                    changed.await();
                } else {
                    boolean _ = changed.await(DEADLINE_CHECK.toMillis(), TimeUnit.MILLISECONDS);
                    failOverdue();
                }
            }
            return takeNext();
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but a JVM that is going down.
            Thread.currentThread().interrupt();
            return null;
        } finally {
            lock.unlock();
        }
    }

    private boolean mayPropose() {
        if (over || waiting.isEmpty()) {
            return false;
        }
        return inFlight == 0 || (inFlight < ENTRIES_IN_FLIGHT_MAX && waitingBytes >= GATHERED_BYTES);
    }

    private Proposal<A> takeNext() {
        List<Proposal.Batch<A>> batches = new ArrayList<>();
        List<byte[]> commands = new ArrayList<>();
        long bytes = 0;
        Proposal.Batch<A> batch = waiting.peekFirst();
        while (batch != null && (batches.isEmpty() || bytes + batch.bytes() <= MERGED_BYTES_MAX)) {
            waiting.removeFirst();
            batches.add(batch);
            commands.addAll(batch.commands());
            bytes += batch.bytes();
            batch = waiting.peekFirst();
        }
        waitingBytes -= bytes;
        inFlight++;
        lastMillis = Math.max(lastMillis, context.clock().millis());
        EntryCodec.Content content =
                new EntryCodec.Content(lastMillis, context.entropy().nextLong(), commands);
        Proposal<A> proposal = new Proposal<>(nextCallId++, content, batches, System.nanoTime());
        proposals.put(proposal.callId, proposal);
        return proposal;
    }

    private void propose(Proposal<A> proposal) {
        byte[] entry = EntryCodec.encode(proposal.content);
        CompletableFuture<RaftClientReply> reply;
        try {
            reply = context.log().propose(clientId, proposal.callId, entry);
        } catch (RuntimeException e) {
            reply = CompletableFuture.failedFuture(e);
        }
        // Runs on the apply thread as a rule: only bookkeeping here, the callers are told elsewhere.
        var _ = reply.whenComplete((answer, failure) -> {
            release(proposal);
            context.completions().execute(() -> finish(proposal, answer, failure));
        });
    }

    private void release(Proposal<A> proposal) {
        lock.lock();
        try {
            proposals.remove(proposal.callId);
            inFlight--;
            pendingBytes -= proposal.bytes();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private static <A> void finish(Proposal<A> proposal, @Nullable RaftClientReply reply, @Nullable Throwable failure) {
        if (failure == null && reply != null && reply.isSuccess()) {
            proposal.succeed();
        } else {
            Throwable cause = failure != null || reply == null ? failure : reply.getException();
            proposal.fail(Outcomes.ofFailure(cause, proposal.mayBeInLog()));
        }
    }

    /// Tells callers that wait too long that they should not; the entry keeps its place until Ratis answers.
    private void failOverdue() {
        long now = System.nanoTime();
        if (now - overdueCheckedNanos < DEADLINE_CHECK.toNanos()) {
            return;
        }
        overdueCheckedNanos = now;
        for (Proposal<A> proposal : proposals.values()) {
            if (now - proposal.startedNanos > context.writeTimeout().toNanos()) {
                context.completions()
                        .execute(() -> proposal.fail(new SubmitOutcome.Unknown<>(
                                "no answer within " + context.writeTimeout().toMillis() + " ms")));
            }
        }
    }

    /// Appends entries to the log of the group.
    @FunctionalInterface
    interface Log {
        CompletableFuture<RaftClientReply> propose(ClientId client, long callId, byte[] entry);
    }

    /// What all leaderships of a group have in common.
    ///
    /// @param completions where callers are told; keeps order
    record Context(
            GroupId group,
            Log log,
            Executor completions,
            Clock clock,
            RandomGenerator entropy,
            long pendingBytesMax,
            Duration writeTimeout) {}
}
