package dev.parley.raftstorage.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.SubmitOutcome;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubmitterTest {
    private final List<Proposed> log = new CopyOnWriteArrayList<>();
    private final Submitter<String> submitter = new Submitter<>(new LedTerm.Context(
            new GroupId("p-001"),
            (client, callId, _) -> {
                Proposed proposed = new Proposed(client, callId, new CompletableFuture<>());
                log.add(proposed);
                return proposed.reply;
            },
            Runnable::run,
            Clock.systemUTC(),
            new Random(1),
            1 << 20,
            Duration.ofSeconds(60)));

    @AfterEach
    void stop() {
        submitter.stop(Optional.empty());
        log.forEach(proposed -> proposed.reply.complete(null));
    }

    @Test
    void every_leadership_has_a_client_of_its_own() {
        submitter.lead(0);
        var _ = submitter.submit(List.of(new byte[1]));
        await().until(() -> log.size() == 1);
        submitter.lead(0);
        var _ = submitter.submit(List.of(new byte[1]));
        await().until(() -> log.size() == 2);

        assertThat(log.get(0).client).isNotEqualTo(log.get(1).client);
    }

    /// A proposal of which the leadership is over when Ratis comes to append it, also if this node leads again by then.
    /// Were it let in, it would be applied after what others did in between, although its caller has long gone on.
    @Test
    void a_proposal_of_an_earlier_leadership_is_kept_out_of_the_log_and_nothing_happened() {
        submitter.lead(0);
        CompletableFuture<SubmitOutcome<String>> late = submitter.submit(List.of(new byte[1]));
        await().until(() -> log.size() == 1);
        submitter.stop(Optional.empty());
        boolean admittedAfter = submitter.admit(log.get(0).client, log.get(0).callId);
        submitter.lead(0);
        boolean admittedAgain = submitter.admit(log.get(0).client, log.get(0).callId);
        log.get(0).reply.completeExceptionally(new StateMachineException("too late", null, false));

        assertThat(admittedAfter).isFalse();
        assertThat(admittedAgain).isFalse();
        assertThat(late.join()).isInstanceOf(SubmitOutcome.Unavailable.class);
    }

    /// An entry that was appended while its leadership lasted may be committed by the next leader.
    @Test
    void an_appended_proposal_of_an_earlier_leadership_is_still_known_and_may_have_happened() {
        submitter.lead(0);
        CompletableFuture<SubmitOutcome<String>> appended = submitter.submit(List.of(new byte[1]));
        await().until(() -> log.size() == 1);
        boolean admitted = submitter.admit(log.get(0).client, log.get(0).callId);
        submitter.lead(0);
        boolean known = submitter.proposal(log.get(0).client, log.get(0).callId).isPresent();
        log.get(0).reply.completeExceptionally(new LeaderSteppingDownException("moving"));

        assertThat(admitted).isTrue();
        assertThat(known).isTrue();
        assertThat(appended.join()).isInstanceOf(SubmitOutcome.Unknown.class);
        submitter.lead(0);
        assertThat(submitter.proposal(log.get(0).client, log.get(0).callId)).isEmpty();
    }

    @Test
    void after_a_leadership_callers_are_told_the_successor() {
        submitter.lead(0);
        submitter.stop(Optional.of(new NodeId("n2")));

        assertThat(submitter.submit(List.of(new byte[1])).join())
                .isEqualTo(new SubmitOutcome.NotLeader<String>(Optional.of(new NodeId("n2"))));
    }

    @Test
    void only_batches_that_fit_an_entry_are_not_refused() {
        int overhead = Math.toIntExact(StorageLimits.entryBytes(List.of(new byte[0])));

        assertThat(Submitter.refusal(List.of(new byte[StorageLimits.ENTRY_BYTES_MAX - overhead])))
                .isNull();
        assertThat(Submitter.refusal(List.of(new byte[StorageLimits.ENTRY_BYTES_MAX - overhead + 1])))
                .isInstanceOf(SubmitOutcome.Refused.class);
    }

    private record Proposed(ClientId client, long callId, CompletableFuture<RaftClientReply> reply) {}
}
