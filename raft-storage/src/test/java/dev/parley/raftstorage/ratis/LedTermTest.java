package dev.parley.raftstorage.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.SubmitOutcome.Cause;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LedTermTest {
    private static final GroupId GROUP = new GroupId("p-001");
    private static final RaftGroupMemberId MEMBER =
            RaftGroupMemberId.valueOf(RaftPeerId.valueOf("n1"), RaftGroupId.valueOf(GroupDirectories.uuid(GROUP)));
    private static final long NOW = 1_000_000;

    private final List<Proposed> log = new CopyOnWriteArrayList<>();
    private LedTerm<String> term = start(1 << 20, 0);

    @AfterEach
    void end() {
        term.end(Optional.empty());
        log.forEach(proposed -> proposed.reply.complete(null));
    }

    @Test
    void a_batch_goes_out_at_once_and_the_next_gather_while_it_is_under_way() {
        CompletableFuture<SubmitOutcome<String>> first = submit(10);
        awaitProposed(1);
        CompletableFuture<SubmitOutcome<String>> second = submit(10);
        CompletableFuture<SubmitOutcome<String>> third = submit(10);

        assertThat(log).hasSize(1);
        answer(0);
        awaitProposed(2);

        assertThat(log.get(1).content.commands()).hasSize(2);
        answer(1);
        assertThat(first.join()).isEqualTo(new SubmitOutcome.Applied<>(List.of("1.0"), 1));
        assertThat(second.join()).isEqualTo(new SubmitOutcome.Applied<>(List.of("2.0"), 2));
        assertThat(third.join()).isEqualTo(new SubmitOutcome.Applied<>(List.of("2.1"), 2));
    }

    @Test
    void under_load_up_to_four_entries_are_under_way() {
        for (int i = 0; i < 40; i++) {
            var _ = submit(LedTerm.GATHERED_BYTES);
        }
        awaitProposed(LedTerm.ENTRIES_IN_FLIGHT_MAX);
        var _ = submit(1);

        assertThat(log).hasSize(LedTerm.ENTRIES_IN_FLIGHT_MAX);
        assertThat(log)
                .allSatisfy(proposed -> assertThat(StorageLimits.commandBytes(proposed.content.commands()))
                        .isLessThanOrEqualTo(LedTerm.MERGED_BYTES_MAX));
    }

    @Test
    void a_batch_over_the_merging_size_goes_alone() {
        var _ = submit(1);
        awaitProposed(1);
        var _ = submit(LedTerm.MERGED_BYTES_MAX * 2);
        var _ = submit(1);

        awaitProposed(2);
        assertThat(log.get(1).content.commands()).hasSize(1);
    }

    @Test
    void over_the_limit_of_bytes_the_answer_is_overloaded_until_some_are_answered() {
        term.end(Optional.empty());
        term = start(100, 0);
        var _ = submit(80);
        awaitProposed(1);

        assertThat(submit(30).join())
                .isInstanceOfSatisfying(
                        SubmitOutcome.Unavailable.class,
                        refused -> assertThat(refused.cause()).isEqualTo(Cause.OVERLOADED));
        answer(0);
        assertThat(submit(30)).isNotCompleted();
    }

    @Test
    void what_waits_when_leadership_ends_is_told_not_leader_and_what_is_in_the_log_unknown() {
        CompletableFuture<SubmitOutcome<String>> inLog = submit(1);
        awaitProposed(1);
        CompletableFuture<SubmitOutcome<String>> waits = submit(1);
        mark(0);

        term.end(Optional.of(new NodeId("n2")));
        fail(0, new NotLeaderException(MEMBER, null, List.of()));

        assertThat(waits.join()).isEqualTo(new SubmitOutcome.NotLeader<String>(Optional.of(new NodeId("n2"))));
        assertThat(inLog.join()).isInstanceOf(SubmitOutcome.Unknown.class);
        assertThat(submit(1).join()).isEqualTo(new SubmitOutcome.NotLeader<String>(Optional.of(new NodeId("n2"))));
    }

    @Test
    void what_ratis_refuses_before_the_log_certainly_did_not_happen() {
        assertThat(outcomeOf(new NotLeaderException(MEMBER, null, List.of())))
                .isEqualTo(new SubmitOutcome.NotLeader<String>(Optional.empty()));
        assertThat(causeOf(new LeaderNotReadyException(MEMBER))).isEqualTo(Cause.NOT_READY);
        assertThat(causeOf(new LeaderSteppingDownException("moving"))).isEqualTo(Cause.NOT_READY);
        assertThat(causeOf(new ResourceUnavailableException("full"))).isEqualTo(Cause.OVERLOADED);
        assertThat(causeOf(new ServerNotReadyException("closed"))).isEqualTo(Cause.CLOSED);
    }

    @Test
    void any_failure_after_the_log_is_unknown() {
        for (RaftException failure : List.of(
                new NotLeaderException(MEMBER, null, List.of()),
                new LeaderSteppingDownException("moving"),
                new ResourceUnavailableException("full"))) {
            int next = log.size();
            CompletableFuture<SubmitOutcome<String>> outcome = submit(1);
            awaitProposed(next + 1);
            mark(next);
            fail(next, failure);

            assertThat(outcome.join()).isInstanceOf(SubmitOutcome.Unknown.class);
        }
    }

    @Test
    void a_caller_that_waits_too_long_is_told_unknown() {
        term.end(Optional.empty());
        term = start(1 << 20, 0, Duration.ofMillis(50));
        CompletableFuture<SubmitOutcome<String>> outcome = submit(1);

        await().atMost(Duration.ofSeconds(10)).until(outcome::isDone);
        assertThat(outcome.join()).isInstanceOf(SubmitOutcome.Unknown.class);
    }

    @Test
    void stamps_are_never_earlier_than_those_applied_before() {
        term.end(Optional.empty());
        term = start(1 << 20, NOW + 5_000);
        var _ = submit(1);
        awaitProposed(1);

        assertThat(log.get(0).content.epochMillis()).isEqualTo(NOW + 5_000);
    }

    private SubmitOutcome<String> outcomeOf(RaftException failure) {
        int next = log.size();
        CompletableFuture<SubmitOutcome<String>> outcome = submit(1);
        awaitProposed(next + 1);
        fail(next, failure);
        return outcome.join();
    }

    private Cause causeOf(RaftException failure) {
        SubmitOutcome<String> outcome = outcomeOf(failure);
        assertThat(outcome).isInstanceOf(SubmitOutcome.Unavailable.class);
        return ((SubmitOutcome.Unavailable<String>) outcome).cause();
    }

    private CompletableFuture<SubmitOutcome<String>> submit(int bytes) {
        CompletableFuture<SubmitOutcome<String>> outcome = new CompletableFuture<>();
        List<byte[]> commands = List.of(new byte[Math.max(0, bytes - Integer.BYTES)]);
        term.submit(new Proposal.Batch<>(commands, StorageLimits.commandBytes(commands), outcome));
        return outcome;
    }

    private void awaitProposed(int count) {
        await().atMost(Duration.ofSeconds(10)).until(() -> log.size() >= count);
    }

    private void mark(int index) {
        proposal(index).markAppending();
    }

    private void answer(int index) {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < log.get(index).content.commands().size(); i++) {
            answers.add((index + 1) + "." + i);
        }
        proposal(index).applied(answers, index + 1L);
        log.get(index).reply.complete(reply().setSuccess().build());
    }

    private Proposal<String> proposal(int index) {
        return term.proposal(log.get(index).callId).orElseThrow();
    }

    /// Some of Ratis' exceptions come in a reply, the others fail the future.
    private void fail(int index, RaftException exception) {
        if (exception instanceof NotLeaderException
                || exception instanceof LeaderNotReadyException
                || exception instanceof LeaderSteppingDownException) {
            log.get(index).reply.complete(reply().setException(exception).build());
        } else {
            log.get(index).reply.completeExceptionally(new CompletionException(exception));
        }
    }

    private static RaftClientReply.Builder reply() {
        return RaftClientReply.newBuilder()
                .setClientId(ClientId.emptyClientId())
                .setServerId(MEMBER);
    }

    private LedTerm<String> start(long pendingBytesMax, long firstMillis) {
        return start(pendingBytesMax, firstMillis, Duration.ofSeconds(60));
    }

    private LedTerm<String> start(long pendingBytesMax, long firstMillis, Duration writeTimeout) {
        return new LedTerm<>(
                new LedTerm.Context(
                        GROUP,
                        (_, callId, entry) -> {
                            Proposed proposed = new Proposed(
                                    callId, EntryCodec.decode(ByteBuffer.wrap(entry)), new CompletableFuture<>());
                            log.add(proposed);
                            return proposed.reply;
                        },
                        Runnable::run,
                        Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC),
                        new Random(1),
                        pendingBytesMax,
                        writeTimeout),
                firstMillis);
    }

    private record Proposed(long callId, EntryCodec.Content content, CompletableFuture<RaftClientReply> reply) {}
}
