package dev.parley.node.push.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.PushTarget;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.delivery.MemoryPartitions;
import dev.parley.node.inbox.InboxFeed;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushDesk;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.PushNotice;
import dev.parley.node.push.PushObserver;
import dev.parley.node.push.PushProvider;
import dev.parley.node.push.PushResult;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.queue.DiskRoom;
import dev.parley.raftstorage.queue.MemoryQueues;
import dev.parley.raftstorage.queue.QueueLimits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Pushes from the commit of a message to a provider, over the real machines in memory.
class PushLaneTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TRIES = 4;
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private final MemoryPartitions partitions = new MemoryPartitions();
    private final MemoryQueues queues = new MemoryQueues(QueueLimits.DEFAULT, new Roomy(), (_, _) -> {});
    private final Set<String> live = ConcurrentHashMap.newKeySet();
    private final Provider fcm = new Provider(ProviderKind.FCM);
    private final Provider apns = new Provider(ProviderKind.APNS);
    private final InboxFeed lists = new InboxFeed(
            MemoryPartitions.SELF,
            MemoryPartitions.PARTITIONING,
            partitions.leaders,
            partitions.groups,
            partitions.deliveries,
            partitions);
    private Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
    private Pushing pushing = new Pushing();
    private String conversation = "";

    @BeforeEach
    void open() throws Exception {
        partitions.now(new ChatCommand.RegisterDevice("bob", "phone", "android"));
        partitions.now(new ChatCommand.RegisterDevice("ann", "phone", "android"));
        conversation = partitions.direct("ann", "bob");
        target("phone", "fcm", "token-1");
    }

    @AfterEach
    void close() {
        pushing.close();
        lists.close();
        partitions.close();
    }

    @Test
    void a_user_without_a_live_session_gets_one_push_for_several_messages() throws Exception {
        post("hello", "are you there?", "@bob");

        fcm.awaitSent(1);
        assertThat(fcm.sent.getFirst().notice())
                .isEqualTo(new PushNotice.NewMessages("bob", conversation, "ann", Optional.of("@bob"), 3, 3, true));
        awaitAllDone();
        assertThat(fcm.sent).hasSize(1);
    }

    @Test
    void who_is_live_or_has_muted_the_conversation_is_not_pushed() throws Exception {
        live.add("bob");
        post("while live");
        awaitAllDone();
        live.clear();
        partitions.now(new ChatCommand.SetMuted(conversation, "bob", true));
        awaitAllDone();
        post("while muted");
        awaitAllDone();

        assertThat(fcm.sent).isEmpty();
    }

    @Test
    void reading_elsewhere_before_the_push_cancels_it_and_after_it_corrects_the_badge() throws Exception {
        post("read at once");
        partitions.now(new ChatCommand.AdvanceRead(conversation, "bob", 1));
        awaitAllDone();
        assertThat(fcm.sent).isEmpty();

        post("pushed");
        fcm.awaitSent(1);
        partitions.now(new ChatCommand.AdvanceRead(conversation, "bob", 2));

        fcm.awaitSent(2);
        assertThat(fcm.sent.get(1).notice()).isEqualTo(new PushNotice.BadgeUpdate("bob", conversation, 0));
        awaitAllDone();
        partitions.now(new ChatCommand.AdvanceRead(conversation, "ann", 2));
        awaitAllDone();
        assertThat(fcm.sent).hasSize(2);
    }

    @Test
    void in_quiet_hours_only_the_badge_changes_and_a_user_may_hide_the_text() throws Exception {
        settings(new AccountSettings.Patch(
                Optional.empty(), Optional.empty(), Optional.of(false), Optional.empty(), false));
        post("secret");
        fcm.awaitSent(1);
        assertThat(((PushNotice.NewMessages) fcm.sent.getFirst().notice()).preview())
                .isEmpty();
        awaitAllDone();

        settings(new AccountSettings.Patch(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new AccountSettings.QuietHours(11 * 60, 13 * 60, "UTC")),
                false));
        post("sleep well");
        fcm.awaitSent(2);
        assertThat(fcm.sent.get(1).notice()).isEqualTo(new PushNotice.BadgeUpdate("bob", conversation, 2));
    }

    @Test
    void a_push_is_tried_again_until_its_provider_takes_it_while_another_provider_goes_on() throws Exception {
        target("phone", "apns", "00ff");
        fcm.answer = _ -> fcm.sent.size() < 3
                ? new PushResult.Retry(Optional.of(Duration.ofMillis(10)), "busy")
                : new PushResult.Accepted("taken");
        post("hello");

        apns.awaitSent(1);
        fcm.awaitSent(3);
        awaitAllDone();
        assertThat(fcm.sent).hasSize(3);
        assertThat(apns.sent).hasSize(1);
    }

    @Test
    void a_dead_target_is_removed_unless_it_was_replaced_meanwhile() throws Exception {
        fcm.answer = endpoint -> endpoint.token().equals("token-1")
                ? new PushResult.Gone("unregistered")
                : new PushResult.Accepted("ok");
        post("to the dead one");
        fcm.awaitSent(1);
        awaitAllDone();
        post("to nobody");
        awaitAllDone();
        assertThat(fcm.sent).hasSize(1);

        target("phone", "fcm", "token-2");
        partitions.now(new ChatCommand.RemovePushTarget("bob", "phone", "fcm", Optional.of("token-1")));
        post("to the new one");
        fcm.awaitSent(2);
        assertThat(fcm.sent.get(1).endpoint().token()).isEqualTo("token-2");
    }

    @Test
    void a_message_to_a_session_that_proved_dead_is_pushed_once_that_is_known() throws Exception {
        live.add("bob");
        post("into the void");
        awaitAllDone();
        assertThat(fcm.sent).isEmpty();

        live.clear();
        pushing.feed.lapsed(List.of("bob"));

        fcm.awaitSent(1);
    }

    /// The former leader took the user for live, and its knowledge of who is here went with it.
    @Test
    void a_message_to_a_session_that_proved_dead_only_under_the_next_leader_is_pushed() throws Exception {
        passedAsLive("into the void");
        live.clear();

        pushing = new Pushing();

        fcm.awaitSent(1);
        awaitAllDone();
        assertThat(fcm.sent).hasSize(1);
    }

    @Test
    void what_a_user_left_unread_long_ago_is_not_pushed_when_the_leader_changes() throws Exception {
        passedAsLive("seen on a screen, and left");
        live.clear();
        clock = Clock.offset(Clock.systemUTC(), TakenOver.RECENT.plusMinutes(1));

        pushing = new Pushing();

        post("new");
        fcm.awaitSent(1);
        awaitAllDone();
        assertThat(fcm.sent)
                .extracting(Sent::notice)
                .allMatch(notice -> notice instanceof PushNotice.NewMessages messages && messages.unread() == 2);
    }

    /// Posts while the user is live, and moves the checkpoint past it; nothing feeds afterwards.
    private void passedAsLive(String text) throws Exception {
        live.add("bob");
        post(text);
        awaitAllDone();
        pushing.close();
        int partition = MemoryPartitions.PARTITIONING.partitionOf("bob");
        partitions.now(new ChatCommand.NotePushes(partition, partitions.deliveries.newest(partition), List.of()));
        assertThat(fcm.sent).isEmpty();
    }

    @Test
    void a_push_that_its_provider_rejects_is_a_dead_letter_and_goes_again_when_retried() throws Exception {
        fcm.answer = _ -> new PushResult.Rejected("bad project");
        post("hello");
        fcm.awaitSent(1);
        awaitAllDone();
        int partition = MemoryPartitions.PARTITIONING.partitionOf("bob");
        DeadLetter.Numbered numbered = letters(partition).getFirst();
        assertThat(numbered.letter().content()).isEqualTo(new DeadLetter.Push("bob", conversation, "phone", "fcm", 1));
        assertThat(numbered.letter().reason()).isEqualTo("bad project");

        fcm.answer = _ -> new PushResult.Accepted("taken");
        partitions.now(new ChatCommand.RetryDeadLetter(partition, numbered.number()));

        fcm.awaitSent(2);
        awaitAllDone();
        assertThat(letters(partition)).isEmpty();
    }

    @Test
    void a_push_that_was_tried_often_enough_is_a_dead_letter() throws Exception {
        fcm.answer = _ -> new PushResult.Retry(Optional.empty(), "always busy");
        post("hello");

        await().atMost(PATIENCE.multipliedBy(2))
                .until(() -> !letters(MemoryPartitions.PARTITIONING.partitionOf("bob"))
                        .isEmpty());
        assertThat(fcm.sent).hasSize(TRIES);
    }

    private List<DeadLetter.Numbered> letters(int partition) throws Exception {
        return ((QueryAnswer.DeadLetterPage) partitions.now(new ChatQuery.DeadLetters(partition, 0, 10))).letters();
    }

    @Test
    void a_revoked_device_is_pushed_nothing() throws Exception {
        partitions.now(new ChatCommand.RevokeDevice("bob", "phone"));
        post("hello");
        awaitAllDone();

        assertThat(fcm.sent).isEmpty();
    }

    /// The process dies between the commit and the provider's answer: the next one finds the message in the
    /// outbox.
    @Test
    void a_push_that_was_under_way_when_the_node_died_is_sent_by_the_next() throws Exception {
        fcm.silent = true;
        post("do not get lost");
        fcm.awaitSent(1);
        pushing.close();
        fcm.silent = false;

        pushing = new Pushing();

        fcm.awaitSent(2);
        awaitAllDone();
        assertThat(fcm.sent).hasSize(2);
        pushing.close();
        pushing = new Pushing();
        awaitAllDone();
        assertThat(fcm.sent).as("what is noted as pushed is not pushed again").hasSize(2);
    }

    /// The feed notices a change of leader only now and then, and must not take such a push for done.
    /// The other device must not be forgotten when the one that lags behind is tried again with a newer
    /// message.
    @Test
    void a_message_that_comes_while_one_device_is_tried_again_reaches_the_other_too_and_once() throws Exception {
        partitions.now(new ChatCommand.RegisterDevice("bob", "tablet", "android"));
        target("tablet", "fcm", "token-2");
        AtomicBoolean failing = new AtomicBoolean(true);
        fcm.answer = endpoint -> endpoint.token().equals("token-2") && failing.get()
                ? new PushResult.Retry(Optional.of(Duration.ofSeconds(2)), "503")
                : new PushResult.Accepted("taken");
        post("first");
        fcm.awaitSent(2);
        post("second");
        failing.set(false);

        awaitAllDone();

        assertThat(messagesShownBy("token-1")).containsExactly(1, 2);
        assertThat(messagesShownBy("token-2")).containsExactly(1, 2);
        partitions.now(new ChatCommand.AdvanceRead(conversation, "bob", 2));
        fcm.awaitSent(6);
        awaitAllDone();
        assertThat(fcm.sent).as("both badges corrected, so both were noted").hasSize(6);
    }

    /// How many messages each push to the endpoint spoke of.
    private List<Integer> messagesShownBy(String token) {
        return fcm.sent.stream()
                .filter(sent -> sent.endpoint().token().equals(token))
                .map(sent -> ((PushNotice.NewMessages) sent.notice()).unread())
                .toList();
    }

    @Test
    void a_device_that_took_the_push_is_noted_though_the_other_is_given_up() throws Exception {
        partitions.now(new ChatCommand.RegisterDevice("bob", "tablet", "android"));
        target("tablet", "fcm", "token-2");
        fcm.answer = endpoint -> endpoint.token().equals("token-2")
                ? new PushResult.Rejected("never")
                : new PushResult.Accepted("taken");
        post("first");
        awaitAllDone();
        int before = fcm.sent.size();

        partitions.now(new ChatCommand.AdvanceRead(conversation, "bob", 1));

        fcm.awaitSent(before + 1);
        assertThat(fcm.sent.subList(before, fcm.sent.size()))
                .extracting(Sent::notice)
                .allMatch(notice -> notice instanceof PushNotice.BadgeUpdate);
    }

    @Test
    void a_push_whose_task_saw_another_leader_for_a_moment_is_left_to_the_outbox_and_sent_after_all() throws Exception {
        int partition = MemoryPartitions.PARTITIONING.partitionOf("bob");
        fcm.answer = _ -> new PushResult.Retry(Optional.empty(), "busy");
        post("hello");
        fcm.awaitSent(1);
        pushing.feed.close();
        lead(partition, 2, new NodeId("n2"));
        await().atMost(PATIENCE).until(() -> pushing.lanes.stream().allMatch(lane -> lane.underWay() == 0));
        assertThat(pushing.lanes).anyMatch(lane -> lane.takeAbandoned(partition));
        int sent = fcm.sent.size();

        pushing.close();
        fcm.answer = _ -> new PushResult.Accepted("taken");
        lead(partition, 3, MemoryPartitions.SELF);
        pushing = new Pushing();

        fcm.awaitSent(sent + 1);
        awaitAllDone();
        assertThat(fcm.sent).hasSize(sent + 1);
    }

    private void lead(int partition, long term, NodeId leader) {
        partitions.leaders.leadershipChanged(
                Partitioning.group(partition), term, Optional.of(leader), leader.equals(MemoryPartitions.SELF));
    }

    private void post(String... texts) throws Exception {
        for (String text : texts) {
            partitions.now(new ChatCommand.PostMessage(conversation, "ann", "phone", text, text));
        }
    }

    private void settings(AccountSettings.Patch patch) throws Exception {
        partitions.now(new ChatCommand.SetSettings("bob", patch));
    }

    private void target(String device, String provider, String token) throws Exception {
        partitions.now(new ChatCommand.SetPushTarget("bob", device, new PushTarget(provider, token, Optional.empty())));
    }

    /// Every delivery until now is noted in lists and needs no push any more.
    private void awaitAllDone() {
        await().atMost(PATIENCE)
                .until(() -> lists.standings().size() == MemoryPartitions.PARTITIONING.partitions()
                        && lists.standings().values().stream().allMatch(standing -> standing.pending() == 0));
        await().atMost(PATIENCE)
                .until(() -> pushing.feed.pending().size() == MemoryPartitions.PARTITIONING.partitions()
                        && pushing.feed.pending().values().stream().allMatch(pending -> pending == 0));
    }

    /// All of a node that pushes; begun anew with each start.
    private final class Pushing implements AutoCloseable {
        private final PushQueue queue = new PushQueue(_ -> queues, "life", _ -> {});
        private final PushDesk desk = new PushDesk(
                List.of(new PushDesk.Bounded(fcm, 100), new PushDesk.Bounded(apns, 100)),
                Duration.ofSeconds(60),
                true,
                PushObserver.NONE);
        private final List<PushLane> lanes = new ArrayList<>();
        private final PushFeed feed;

        Pushing() {
            PushParts parts = new PushParts(
                    MemoryPartitions.SELF,
                    MemoryPartitions.PARTITIONING,
                    partitions.leaders,
                    partitions.groups,
                    partitions.deliveries,
                    partitions,
                    user -> Optional.of(live.contains(user)),
                    clock);
            PushLane.Limits limits = new PushLane.Limits(1_000, Duration.ofMillis(700), TRIES, Duration.ZERO);
            for (ProviderKind kind : desk.providers()) {
                lanes.add(new PushLane(kind, parts, desk, limits));
            }
            feed = new PushFeed(parts, queue, lanes);
        }

        @Override
        public void close() {
            feed.close();
            lanes.forEach(PushLane::close);
            queue.close();
        }
    }

    private record Sent(PushEndpoint endpoint, PushNotice notice) {}

    /// Takes everything, or says what the test wants.
    private static final class Provider implements PushProvider {
        private final ProviderKind kind;
        private final List<Sent> sent = new CopyOnWriteArrayList<>();
        private volatile Function<PushEndpoint, PushResult> answer = _ -> new PushResult.Accepted("taken");
        private volatile boolean silent;

        Provider(ProviderKind kind) {
            this.kind = kind;
        }

        @Override
        public ProviderKind kind() {
            return kind;
        }

        @Override
        public CompletableFuture<PushResult> send(PushEndpoint endpoint, PushNotice notice) {
            sent.add(new Sent(endpoint, notice));
            return silent ? new CompletableFuture<>() : CompletableFuture.completedFuture(answer.apply(endpoint));
        }

        void awaitSent(int count) {
            await().atMost(PATIENCE).until(() -> sent.size() >= count);
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private static final class Roomy implements DiskRoom {
        @Override
        public long freeBytes() {
            return Long.MAX_VALUE / 2;
        }

        @Override
        public long totalBytes() {
            return Long.MAX_VALUE / 2;
        }
    }
}
