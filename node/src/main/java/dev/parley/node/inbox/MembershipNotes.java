package dev.parley.node.inbox;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.tables.MembershipChange;
import dev.parley.node.tables.MembershipChanges;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.ReplicatedGroups;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notes every membership change in the list of the user concerned, at least once, on whoever leads the conversation's
/// partition. The edge notes a change before it answers; this worker repairs what a crash in between left out.
///
/// The changes are rows that were written with the change itself; a row goes when its note is committed. A note that is
/// made twice, or after a newer one, changes nothing. One virtual thread.
public final class MembershipNotes implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MembershipNotes.class);

    /// How often the partitions led here are looked at: how long a list may lag after a crash.
    private static final Duration EVERY = Duration.ofSeconds(2);

    /// Changes noted at once.
    private static final int BATCH_MAX = 256;

    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

    private final NodeId self;
    private final Partitioning partitioning;
    private final LeaderBoard leaders;
    private final ReplicatedGroups<ChatAnswer> groups;
    private final ChatGate gate;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Worker worker;

    /// Starts the worker.
    public MembershipNotes(
            NodeId self,
            Partitioning partitioning,
            LeaderBoard leaders,
            ReplicatedGroups<ChatAnswer> groups,
            ChatGate gate) {
        this.self = self;
        this.partitioning = partitioning;
        this.leaders = leaders;
        this.groups = groups;
        this.gate = gate;
        this.worker = Worker.start("membership-notes", Worker.Kind.VIRTUAL, Fault.fatal(), this::run);
    }

    @Override
    public void close() {
        closed.countDown();
        worker.stop(Duration.ofSeconds(2));
    }

    private void run() throws InterruptedException {
        while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            for (int partition = 0; partition < partitioning.partitions(); partition++) {
                if (leaders.standing(Partitioning.group(partition)).servedBy(self)) {
                    note(partition);
                }
            }
        }
    }

    /// Notes what is not noted yet in one partition. What fails is tried again at the next look.
    private void note(int partition) throws InterruptedException {
        GroupId group = Partitioning.group(partition);
        try {
            ReadOutcome<List<MembershipChange>> read = await(groups.readStale(
                    group, tables -> MembershipChanges.after(tables, MembershipChanges.checkpoint(tables), BATCH_MAX)));
            if (!(read instanceof ReadOutcome.Done<List<MembershipChange>>(List<MembershipChange> changes))
                    || changes.isEmpty()) {
                return;
            }
            List<CompletableFuture<ChatAnswer>> answers = new ArrayList<>();
            for (MembershipChange change : changes) {
                answers.add(gate.submit(new ChatCommand.NoteMembership(
                        change.userId(), change.conversationId(), change.membershipSeq(), change.member())));
            }
            for (CompletableFuture<ChatAnswer> answer : answers) {
                requireDone(await(answer));
            }
            requireDone(await(gate.submit(new ChatCommand.AdvanceMembershipCheckpoint(
                    partition, changes.getLast().number()))));
            LOG.debug("memberships noted: group={} changes={}", group, changes.size());
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("memberships not noted yet: group={} reason={}", group, e.getMessage());
        }
    }

    private static void requireDone(ChatAnswer answer) throws ExecutionException {
        if (answer instanceof ChatAnswer.Refused refused) {
            throw new ExecutionException(
                    "a note was refused: " + refused.refusal() + " " + refused.detail(),
                    new IllegalStateException(refused.detail()));
        }
    }

    private static <T> T await(CompletableFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
    }
}
