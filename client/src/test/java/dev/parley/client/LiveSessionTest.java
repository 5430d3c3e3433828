package dev.parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.client.SessionState.EndReason;
import dev.parley.client.TwinCluster.Reaction;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Message;
import dev.parley.protocol.Problem;
import dev.parley.protocol.ServerFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The live session against a twin cluster that fails in the ways that matter.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LiveSessionTest {

    private static final String CONVERSATION = "c_1";
    private static final ClientOptions.Timing QUICK = new ClientOptions.Timing(
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofMillis(10),
            Duration.ofMillis(50));

    private TwinCluster cluster;
    private ParleyClient client;
    private final InMemoryDeviceStore store = new InMemoryDeviceStore();
    private final Recorder seen = new Recorder();

    @BeforeEach
    void start() throws Exception {
        cluster = TwinCluster.of(2);
        client = new ParleyClient(options(QUICK));
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    private ClientOptions options(ClientOptions.Timing timing) {
        return ClientOptions.of(cluster.urls(), () -> "bearer", "d_1").with(timing);
    }

    private LiveSession connect() throws InterruptedException {
        LiveSession session = client.connect(store, seen);
        assertThat(session.awaitOnline(Duration.ofSeconds(10))).isTrue();
        return session;
    }

    @Test
    void what_was_said_before_and_after_connecting_is_shown_once_and_in_order() throws Exception {
        cluster.append(CONVERSATION, TwinCluster.PEER, "one");
        cluster.append(CONVERSATION, TwinCluster.PEER, "two");

        try (LiveSession session = connect()) {
            cluster.peerSays(CONVERSATION, "three");
            session.send(CONVERSATION, "four").get(10, TimeUnit.SECONDS);
            cluster.peerSays(CONVERSATION, "five");

            seen.awaitTexts("one", "two", "three", "four", "five");
        }
    }

    @Test
    void a_lost_acknowledgement_is_asked_for_again_with_the_same_id() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        cluster.reaction =
                _ -> attempts.getAndIncrement() == 0 ? new Reaction.StoreThenDrop() : new Reaction.Acknowledge();

        try (LiveSession session = connect()) {
            SendOutcome outcome = session.send(CONVERSATION, "only once").get(10, TimeUnit.SECONDS);

            assertThat(outcome).isInstanceOfSatisfying(SendOutcome.Acknowledged.class, acknowledged -> {
                assertThat(acknowledged.ack().duplicate()).isTrue();
                assertThat(acknowledged.ack().conversationSeq()).isEqualTo(1);
            });
            assertThat(cluster.received).hasSize(2).allMatch(cluster.received.getFirst()::equals);
            assertThat(cluster.texts(CONVERSATION)).containsExactly("only once");
            seen.awaitTexts("only once");
        }
    }

    @Test
    void messages_on_their_way_when_a_node_dies_reach_the_other_node_in_order() throws Exception {
        AtomicInteger count = new AtomicInteger();
        cluster.reaction = _ -> count.incrementAndGet() == 10 ? new Reaction.Drop() : new Reaction.Acknowledge();

        try (LiveSession session = connect()) {
            List<CompletableFuture<SendOutcome>> outcomes = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                texts.add("message " + i);
                outcomes.add(session.send(CONVERSATION, texts.getLast()));
            }

            for (CompletableFuture<SendOutcome> outcome : outcomes) {
                assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(SendOutcome.Acknowledged.class);
            }
            assertThat(cluster.texts(CONVERSATION)).containsExactlyElementsOf(texts);
            seen.awaitTexts(texts.toArray(String[]::new));
            assertThat(cluster.nodes.get(1).connections()).isEqualTo(1);
        }
    }

    @Test
    void a_message_refused_for_the_moment_goes_again_and_keeps_its_place() throws Exception {
        AtomicInteger count = new AtomicInteger();
        cluster.reaction = _ -> count.getAndIncrement() < 3
                ? new Reaction.Refuse(TwinCluster.problem(ErrorCode.NO_LEADER))
                : new Reaction.Acknowledge();

        try (LiveSession session = connect()) {
            List<CompletableFuture<SendOutcome>> outcomes = List.of(
                    session.send(CONVERSATION, "a"), session.send(CONVERSATION, "b"), session.send(CONVERSATION, "c"));

            for (CompletableFuture<SendOutcome> outcome : outcomes) {
                assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(SendOutcome.Acknowledged.class);
            }
            assertThat(cluster.texts(CONVERSATION)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void a_message_refused_for_the_moment_does_not_fall_behind_those_after_it_that_would_be_taken() throws Exception {
        AtomicInteger count = new AtomicInteger();
        cluster.reaction = _ -> count.getAndIncrement() == 0
                ? new Reaction.Refuse(TwinCluster.problem(ErrorCode.RATE_LIMITED))
                : new Reaction.Acknowledge();

        try (LiveSession session = connect()) {
            List<CompletableFuture<SendOutcome>> outcomes = List.of(
                    session.send(CONVERSATION, "a"), session.send(CONVERSATION, "b"), session.send(CONVERSATION, "c"));

            for (CompletableFuture<SendOutcome> outcome : outcomes) {
                assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(SendOutcome.Acknowledged.class);
            }
            assertThat(cluster.texts(CONVERSATION)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void a_refused_resync_of_a_conversation_shows_the_farewell_and_forgets_what_was_before_it() throws Exception {
        cluster.append(CONVERSATION, TwinCluster.PEER, "one");

        try (LiveSession session = connect()) {
            seen.awaitTexts("one");
            cluster.deliverLive = message -> message.conversationSeq() != 2;
            cluster.append(CONVERSATION, TwinCluster.PEER, "missed");
            cluster.removeMe(CONVERSATION);

            seen.awaitTexts("one", "removed u_me");
            cluster.peerSays("c_2", "elsewhere");
            seen.awaitTexts("one", "removed u_me", "elsewhere");
            assertThat(store.cursors()).containsEntry(CONVERSATION, 3L);
            assertThat(session.order.hasGap(CONVERSATION)).isFalse();
        }
    }

    @Test
    void a_node_that_upgrades_and_then_says_nothing_is_left_for_another() throws Exception {
        cluster.hellosToOmit.set(1);
        client = new ParleyClient(options(connectWithin(Duration.ofMillis(500))));

        try (LiveSession session = client.connect(store, seen)) {
            assertThat(session.awaitOnline(Duration.ofSeconds(30))).isTrue();
            assertThat(cluster.nodes.get(1).connections()).isEqualTo(1);
        }
    }

    @Test
    void closing_before_the_hello_drops_the_connection() throws Exception {
        cluster.hellosToOmit.set(1);
        client = new ParleyClient(options(connectWithin(Duration.ofMinutes(10))));

        LiveSession session = client.connect(store, seen);
        await().until(() -> cluster.hellosToOmit.get() == 0);
        session.close();

        await().until(() -> cluster.ungreetedDropped.get() == 1);
        assertThat(session.hasEnded()).isTrue();
    }

    private static ClientOptions.Timing connectWithin(Duration connect) {
        return new ClientOptions.Timing(
                connect,
                QUICK.request(),
                QUICK.deadline(),
                QUICK.sendDeadline(),
                QUICK.backOffMin(),
                QUICK.backOffMax());
    }

    @Test
    void a_final_refusal_is_told_with_its_problem_and_is_not_retried() throws Exception {
        cluster.reaction = _ -> new Reaction.Refuse(TwinCluster.problem(ErrorCode.NOT_A_MEMBER));

        try (LiveSession session = connect()) {
            SendOutcome outcome = session.send(CONVERSATION, "let me in").get(10, TimeUnit.SECONDS);

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            SendOutcome.Refused.class,
                            refused -> assertThat(refused.problem().code()).isEqualTo(ErrorCode.NOT_A_MEMBER));
            assertThat(cluster.received).hasSize(1);
        }
    }

    @Test
    void a_message_without_any_answer_is_unknown_after_its_deadline() throws Exception {
        cluster.reaction = _ -> new Reaction.Ignore();
        client = new ParleyClient(options(new ClientOptions.Timing(
                QUICK.connect(),
                QUICK.request(),
                QUICK.deadline(),
                Duration.ofMillis(300),
                QUICK.backOffMin(),
                QUICK.backOffMax())));

        try (LiveSession session = connect()) {
            SendOutcome outcome = session.send(CONVERSATION, "hello?").get(10, TimeUnit.SECONDS);

            assertThat(outcome).isInstanceOf(SendOutcome.Unknown.class);
        }
    }

    @Test
    void a_message_that_was_only_ever_refused_for_the_moment_is_not_sent_after_its_deadline() throws Exception {
        cluster.reaction = _ -> new Reaction.Refuse(TwinCluster.problem(ErrorCode.OVERLOADED));
        client = new ParleyClient(options(new ClientOptions.Timing(
                QUICK.connect(),
                QUICK.request(),
                QUICK.deadline(),
                Duration.ofMillis(500),
                QUICK.backOffMin(),
                QUICK.backOffMax())));

        try (LiveSession session = connect()) {
            SendOutcome outcome = session.send(CONVERSATION, "busy").get(10, TimeUnit.SECONDS);

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            SendOutcome.NotSent.class,
                            notSent -> assertThat(notSent.reason()).contains("overloaded"));
        }
    }

    @Test
    void a_record_that_was_not_delivered_live_is_fetched_before_the_next_is_shown() throws Exception {
        cluster.deliverLive = message -> message.conversationSeq() != 2;

        try (LiveSession session = connect()) {
            cluster.peerSays(CONVERSATION, "first");
            cluster.peerSays(CONVERSATION, "hidden");
            cluster.peerSays(CONVERSATION, "third");

            seen.awaitTexts("first", "hidden", "third");
            assertThat(session.state()).isInstanceOf(SessionState.Online.class);
            assertThat(cluster.nodes.getFirst().connections()).isEqualTo(1);
        }
    }

    @Test
    void what_this_device_posted_over_rest_is_shown_like_any_record() throws Exception {
        try (LiveSession session = connect()) {
            cluster.peerSays(CONVERSATION, "one");
            client.post(CONVERSATION, "id-2", "over REST");

            seen.awaitTexts("one", "over REST");
            assertThat(session.state()).isInstanceOf(SessionState.Online.class);
        }
    }

    @Test
    void records_that_come_twice_or_out_of_order_are_shown_once_and_in_order() throws Exception {
        cluster.deliverLive = _ -> false;
        Message one = cluster.append(CONVERSATION, TwinCluster.PEER, "one");

        try (LiveSession session = connect()) {
            seen.awaitTexts("one");
            Message two = cluster.append(CONVERSATION, TwinCluster.PEER, "two");
            Message three = cluster.append(CONVERSATION, TwinCluster.PEER, "three");
            for (Message message : List.of(three, one, three, two, two, three)) {
                cluster.nodes.getFirst().tell(new ServerFrame.MessageNew(message));
            }

            seen.awaitTexts("one", "two", "three");
            assertThat(session.state()).isInstanceOf(SessionState.Online.class);
        }
    }

    @Test
    void a_new_process_continues_behind_what_the_last_one_processed() throws Exception {
        try (LiveSession session = connect()) {
            cluster.peerSays(CONVERSATION, "one");
            seen.awaitTexts("one");
            assertThat(session.state()).isInstanceOf(SessionState.Online.class);
        }
        cluster.append(CONVERSATION, TwinCluster.PEER, "two");
        Recorder later = new Recorder();

        try (LiveSession session = client.connect(store, later)) {
            later.awaitTexts("two");
            assertThat(session.state()).isNotInstanceOf(SessionState.Ended.class);
        }
        assertThat(store.cursors()).containsEntry(CONVERSATION, 2L);
    }

    @Test
    void a_session_from_the_head_shows_only_what_comes_after_it() throws Exception {
        cluster.append(CONVERSATION, TwinCluster.PEER, "old");
        client = new ParleyClient(options(QUICK).with(ClientOptions.NewConversations.FROM_HEAD));

        try (LiveSession session = connect()) {
            cluster.peerSays(CONVERSATION, "new");
            cluster.peerSays("c_2", "another conversation");

            seen.awaitTexts("new", "another conversation");
            assertThat(session.state()).isInstanceOf(SessionState.Online.class);
        }
    }

    @Test
    void a_listener_that_fails_ends_the_session_and_its_record_counts_as_not_processed() throws Exception {
        SessionListener failing = record -> {
            throw new IllegalStateException("cannot show " + record.conversationSeq());
        };

        try (LiveSession session = client.connect(store, failing)) {
            cluster.append(CONVERSATION, TwinCluster.PEER, "one");
            cluster.peerSays(CONVERSATION, "two");

            await().until(() -> session.state() instanceof SessionState.Ended);
            assertThat(session.state())
                    .isInstanceOfSatisfying(
                            SessionState.Ended.class,
                            ended -> assertThat(ended.reason()).isEqualTo(EndReason.LISTENER_FAILED));
            assertThat(store.cursors()).isEmpty();
        }
    }

    @Test
    void a_session_that_was_replaced_does_not_fight_for_its_place() throws Exception {
        try (LiveSession session = connect()) {
            cluster.nodes.getFirst().closeSessions(4009, "replaced");

            seen.awaitEnd(EndReason.REPLACED);
            assertThat(session.send(CONVERSATION, "too late").get(5, TimeUnit.SECONDS))
                    .isInstanceOf(SendOutcome.NotSent.class);
        }
        assertThat(cluster.connections()).isEqualTo(1);
    }

    @Test
    void a_session_is_not_thrown_out_by_the_ghost_of_an_attempt_that_it_gave_up() throws Exception {
        cluster.upgradesToIgnore.set(1);

        try (LiveSession session = connect()) {
            cluster.nodes.forEach(node -> node.closeSessions(4009, "replaced"));
            await().until(() -> cluster.connections() == 2);
            assertThat(session.awaitOnline(Duration.ofSeconds(10))).isTrue();

            cluster.nodes.forEach(node -> node.closeSessions(4009, "replaced"));
            seen.awaitEnd(EndReason.REPLACED);
        }
    }

    @Test
    void a_revoked_device_is_told_so_and_stays_away() throws Exception {
        try (LiveSession session = connect()) {
            cluster.nodes.getFirst().closeSessions(4401, "device-revoked");

            seen.awaitEnd(EndReason.REFUSED);
            assertThat(session.state()).isInstanceOf(SessionState.Ended.class);
        }
    }

    @Test
    void a_slow_consumers_session_comes_back_and_resumes() throws Exception {
        try (LiveSession session = connect()) {
            cluster.deliverLive = _ -> false;
            cluster.peerSays(CONVERSATION, "while away");
            cluster.nodes.getFirst().closeSessions(4008, "slow-consumer");

            seen.awaitTexts("while away");
            assertThat(session.awaitOnline(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void a_node_that_drains_is_left_for_another() throws Exception {
        try (LiveSession session = connect()) {
            cluster.nodes.getFirst().tell(new ServerFrame.Drain(0, Optional.empty()));

            await().until(() -> cluster.nodes.get(1).connections() == 1);
            assertThat(session.awaitOnline(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void an_expired_session_token_is_renewed() throws Exception {
        try (LiveSession session = connect()) {
            cluster.sessionToken = "sess_2";
            cluster.nodes.getFirst().closeSessions(4402, "token-expired");

            await().until(() -> cluster.connections() == 2);
            assertThat(session.awaitOnline(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void a_bearer_token_that_is_refused_ends_the_session_with_the_problem() {
        Problem invalid = TwinCluster.problem(ErrorCode.TOKEN_INVALID);
        cluster.restProblem = Optional.of(invalid);

        try (LiveSession session = client.connect(store, seen)) {
            seen.awaitEnd(EndReason.REFUSED);

            assertThat(session.state())
                    .isInstanceOfSatisfying(
                            SessionState.Ended.class,
                            ended -> assertThat(ended.problem()).contains(invalid));
        }
    }

    @Test
    void nonsense_from_the_server_costs_the_connection_and_nothing_else() throws Exception {
        try (LiveSession session = connect()) {
            cluster.nodes
                    .getFirst()
                    .tellRaw(1, "{\"type\":\"from.the.future\",\"x\":1}".getBytes(StandardCharsets.UTF_8));
            cluster.peerSays(CONVERSATION, "still here");
            seen.awaitTexts("still here");
            assertThat(cluster.connections()).isEqualTo(1);

            cluster.nodes.getFirst().tellRaw(1, "{\"type\":\"message.ack\"}".getBytes(StandardCharsets.UTF_8));
            await().until(() -> cluster.connections() == 2);
            cluster.peerSays(CONVERSATION, "back again");

            seen.awaitTexts("still here", "back again");
            assertThat(session.awaitOnline(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void closing_tells_of_every_message_that_was_on_its_way() throws Exception {
        cluster.reaction = _ -> new Reaction.Ignore();
        CompletableFuture<SendOutcome> outcome;

        try (LiveSession session = connect()) {
            outcome = session.send(CONVERSATION, "no time left");
            await().until(() -> !cluster.received.isEmpty());
        }

        assertThat(outcome.get(5, TimeUnit.SECONDS)).isInstanceOf(SendOutcome.Unknown.class);
    }

    @Test
    void the_server_hears_how_far_the_device_has_processed_and_the_user_has_read() throws Exception {
        try (LiveSession session = connect()) {
            cluster.peerSays(CONVERSATION, "one");
            cluster.peerSays(CONVERSATION, "two");
            session.markRead(CONVERSATION, 1);

            await().until(() ->
                    cluster.otherFrames.contains(new ClientFrame.CursorDelivered(CONVERSATION, 2, Optional.empty())));
            assertThat(cluster.otherFrames).contains(new ClientFrame.CursorRead(CONVERSATION, 1, Optional.empty()));
        }
    }
}
