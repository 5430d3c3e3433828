package dev.parley.node.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.Ids;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.Changed;
import dev.parley.chat.QueryAnswer.DeadLetterPage;
import dev.parley.chat.QueryAnswer.InboxNews;
import dev.parley.chat.QueryAnswer.Summary;
import dev.parley.chat.QueryAnswer.SummaryList;
import dev.parley.chat.RecordBody;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.DeliveryRing;
import dev.parley.node.delivery.LocalDeliveries;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.gate.GateException;
import dev.parley.node.log.CommandCodec;
import dev.parley.node.machine.ChatMachine;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.tables.ChatQueries;
import dev.parley.node.tables.DeliveryRowArchive;
import dev.parley.node.tables.Outbox;
import dev.parley.protocol.ErrorCode;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.memory.MemoryGroups;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The feed over the real machines of four partitions in memory.
class InboxFeedTest {
    private static final Partitioning PARTITIONING = new Partitioning(4);
    private static final NodeId SELF = new NodeId("n1");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// Says that nobody was added: what reads it throws.
    @SuppressWarnings("NullAway")
    private static final RecordBody NOT_UNDERSTOOD =
            new RecordBody.MembershipChange(RecordBody.Action.ADDED, null, Optional.empty());

    private final Map<GroupId, DeliveryRing> rings = new HashMap<>();
    private final MemoryGroups<ChatAnswer> groups = groups();
    private final LeaderBoard leaders = new LeaderBoard(SELF);
    private final LocalDeliveries deliveries;
    private volatile boolean listsUnreachable;

    /// A partition of users that never answers; none if negative.
    private volatile int silent = -1;

    InboxFeedTest() {
        for (GroupId group : rings.keySet()) {
            leaders.leadershipChanged(group, 1, Optional.of(SELF), true);
        }
        deliveries = new LocalDeliveries(SELF, leaders, groups, new DeliveryRowArchive(), rings);
    }

    @AfterEach
    void close() {
        groups.close();
    }

    @Test
    void a_message_is_news_in_the_lists_of_both_and_names_where_they_stopped() throws Exception {
        String conversation = direct("ann", "bob");
        long listed = news("bob", 0).inboxVersion();
        post(conversation, "ann", "m1");
        try (InboxFeed _ = feed()) {
            await().atMost(PATIENCE).until(() -> news("bob", 0).inboxVersion() > listed);
            long seen = news("bob", 0).inboxVersion();
            post(conversation, "ann", "m2");
            await().atMost(PATIENCE).until(() -> news("bob", seen).inboxVersion() > seen);

            Changed ofBob = news("bob", seen).changed().getFirst();
            assertThat(ofBob.conversationId()).isEqualTo(conversation);
            assertThat(ofBob.fromSeq()).isEqualTo(1);
            assertThat(ofBob.listed().unread()).isEqualTo(2);
            Changed ofAnn = news("ann", 0).changed().getFirst();
            assertThat(ofAnn.fromSeq()).isZero();
            assertThat(ofAnn.listed().unread()).isZero();
        }
    }

    @Test
    void a_list_that_cannot_be_told_is_told_later_by_whoever_comes_next() throws Exception {
        String conversation = direct("ann", "bob");
        listsUnreachable = true;
        post(conversation, "ann", "m1");
        try (InboxFeed feed = feed()) {
            await().atMost(PATIENCE).until(() -> pending(feed, conversation) == 1);
        }
        long before = news("bob", 0).inboxVersion();
        listsUnreachable = false;

        try (InboxFeed feed = feed()) {
            await().atMost(PATIENCE).until(() -> news("bob", 0).inboxVersion() > before);
            await().atMost(PATIENCE)
                    .until(() -> feed.standings().values().stream().allMatch(standing -> standing.pending() == 0));
            await().atMost(PATIENCE).until(() -> checkpoint(conversation) == 1);
        }
    }

    /// carl's list cannot be reached; conversations of other partitions that have nothing for it go on.
    @Test
    void a_partition_of_users_that_does_not_answer_holds_up_only_those_with_news_for_it() throws Exception {
        silent = PARTITIONING.partitionOf("carl");
        String held = direct("ann", "carl");
        String sender = "a" + numberOfAPairApartFrom(group(held));
        String free = direct(sender, sender.replace('a', 'b'));
        post(held, "ann", "m1");
        post(free, sender, "m1");

        try (InboxFeed feed = feed()) {
            await().atMost(PATIENCE).until(() -> pending(feed, held) == 1);
            await().atMost(PATIENCE).until(() -> pending(feed, free) == 0);
            assertThat(pending(feed, held)).isEqualTo(1);
        }
    }

    /// A note that the rules refuse is set aside alone, by halving what it came with; retried, it is set aside
    /// again.
    @Test
    void only_the_note_that_is_refused_becomes_a_dead_letter() throws Exception {
        String conversation = direct("ann", "bob");
        ChatCommand.Activity poison = new ChatCommand.Activity(
                "not a user!", conversation, new Progress(1, 1, 0, 0, 1, 0), Optional.empty(), 1);
        int partition = PARTITIONING.partitionOf(conversation);
        submit(new ChatCommand.AddDeadLetter(
                partition, new DeadLetter(new DeadLetter.ListNote(poison), "for the test", 1, 1)));
        submit(new ChatCommand.RetryDeadLetter(partition, 1));
        for (int each = 0; each < 20; each++) {
            post(conversation, "ann", "m" + each);
            post(direct("ann", "u" + each), "ann", "m");
        }

        try (InboxFeed feed = feed()) {
            await().atMost(PATIENCE)
                    .until(() -> feed.standings().size() == PARTITIONING.partitions()
                            && feed.standings().values().stream().allMatch(standing -> standing.pending() == 0));
        }

        DeadLetterPage page = (DeadLetterPage) ask(new ChatQuery.DeadLetters(partition, 0, 10));
        assertThat(page.letters()).hasSize(1);
        DeadLetter letter = page.letters().getFirst().letter();
        assertThat(letter.content()).isEqualTo(new DeadLetter.ListNote(poison));
        assertThat(letter.reason()).startsWith("INVALID_FIELD: userId");
        assertThat(page.letters().getFirst().number()).isEqualTo(2);
        assertThat(news("bob", 0).changed().getFirst().listed().unread()).isEqualTo(20);
        assertThat(news("u7", 0).changed().getFirst().listed().unread()).isEqualTo(1);
    }

    @Test
    void a_delivery_that_cannot_be_understood_is_set_aside_and_the_next_is_told() throws Exception {
        String conversation = direct("ann", "bob");
        int partition = PARTITIONING.partitionOf(conversation);
        post(conversation, "ann", "m1");
        DeliveryRing ring = Objects.requireNonNull(rings.get(group(conversation)));
        Delivery first = ((DeliveryRing.Found.Here) ring.after(0, 0, 10, Duration.ZERO))
                .deliveries()
                .getFirst();
        ConversationRecord record = ((Delivery.RecordAdded) first.event()).record();
        ConversationRecord broken = new ConversationRecord(
                conversation, 1, 1, record.messageId(), "ann", record.createdAtMillis(), NOT_UNDERSTOOD);
        ring.reset(1);
        ring.append(List.of(new Delivery(1, new Delivery.RecordAdded(broken, "d", List.of("ann", "bob")))));
        post(conversation, "ann", "m2");

        try (InboxFeed _ = feed()) {
            await().atMost(PATIENCE).until(() -> checkpoint(conversation) == 2);
        }

        DeadLetterPage page = (DeadLetterPage) ask(new ChatQuery.DeadLetters(partition, 0, 10));
        assertThat(page.letters())
                .extracting(numbered -> ((DeadLetter.ListNote) numbered.letter().content())
                        .activity()
                        .userId())
                .containsExactlyInAnyOrder("ann", "bob");
        assertThat(news("bob", 0).changed().getFirst().listed().unread()).isEqualTo(2);
    }

    /// A device that asks now and then for what changed, and looks at just that, ends up with the list as it
    /// is.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void who_reads_only_the_news_ends_with_the_whole_list(long seed) throws Exception {
        Random random = new Random(seed);
        List<String> users = IntStream.range(0, 6).mapToObj(i -> "u" + i).toList();
        List<String> conversations = new ArrayList<>();
        for (int a = 0; a < users.size(); a++) {
            for (int b = a + 1; b < users.size(); b++) {
                conversations.add(direct(users.get(a), users.get(b)));
            }
        }
        Map<String, Summary> known = new TreeMap<>();
        long since = 0;
        InboxFeed feed = feed();
        try {
            for (int step = 0; step < 400; step++) {
                String conversation = conversations.get(random.nextInt(conversations.size()));
                String actor = member(conversation, users, random);
                switch (random.nextInt(20)) {
                    case 0 -> since = readNews("u0", since, known);
                    case 1 -> {
                        feed.close();
                        feed = feed();
                    }
                    case 2, 3, 4, 5 -> read(conversation, actor, random);
                    default -> post(conversation, actor, "m" + step);
                }
            }
            InboxFeed last = feed;
            await().atMost(PATIENCE)
                    .until(() -> last.standings().size() == PARTITIONING.partitions()
                            && last.standings().values().stream().allMatch(standing -> standing.pending() == 0));
            readNews("u0", since, known);

            assertThat(known.values())
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(summaries("u0", conversations));
        } finally {
            feed.close();
        }
    }

    /// A number i such that ai and bi are reachable, and their conversation lives in another partition than
    /// that.
    private int numberOfAPairApartFrom(GroupId group) {
        return IntStream.iterate(0, i -> i + 1)
                .filter(i -> PARTITIONING.partitionOf("a" + i) != silent)
                .filter(i -> PARTITIONING.partitionOf("b" + i) != silent)
                .filter(i -> !group(Ids.direct("a" + i, "b" + i)).equals(group))
                .findFirst()
                .orElseThrow();
    }

    private long readNews(String userId, long since, Map<String, Summary> known) throws Exception {
        long through = since;
        InboxNews news;
        do {
            news = news(userId, through, 3);
            assertThat(news.resumed()).isTrue();
            List<String> changed =
                    news.changed().stream().map(Changed::conversationId).toList();
            summaries(userId, changed).forEach(summary -> known.put(summary.conversationId(), summary));
            through = news.throughVersion();
        } while (through < news.inboxVersion());
        return through;
    }

    private List<Summary> summaries(String userId, List<String> conversations) throws Exception {
        List<Summary> found = new ArrayList<>();
        for (String conversation : conversations) {
            SummaryList list = (SummaryList) ask(new ChatQuery.Summaries(List.of(conversation), userId));
            found.addAll(list.summaries());
        }
        return found;
    }

    private static long pending(InboxFeed feed, String conversation) {
        InboxFeed.Standing standing = feed.standings().get(PARTITIONING.partitionOf(conversation));
        return standing == null ? -1 : standing.pending();
    }

    private InboxFeed feed() {
        return new InboxFeed(SELF, PARTITIONING, leaders, groups, deliveries, new Gate());
    }

    private String direct(String a, String b) throws Exception {
        String conversation = Ids.direct(a, b);
        submit(new ChatCommand.CreateDirect(conversation, a, b));
        submit(new ChatCommand.NoteMembership(a, conversation, 0, true));
        submit(new ChatCommand.NoteMembership(b, conversation, 0, true));
        return conversation;
    }

    private static String member(String conversation, List<String> users, Random random) {
        List<String> members = users.stream()
                .filter(user -> users.stream()
                        .anyMatch(other ->
                                !other.equals(user) && Ids.direct(user, other).equals(conversation)))
                .toList();
        return members.get(random.nextInt(members.size()));
    }

    private void post(String conversation, String sender, String id) throws Exception {
        submit(new ChatCommand.PostMessage(conversation, sender, "d", id, "text of " + id));
    }

    private void read(String conversation, String reader, Random random) throws Exception {
        long head = summaries(reader, List.of(conversation)).getFirst().headSeq();
        submit(new ChatCommand.AdvanceRead(conversation, reader, random.nextLong(head + 1)));
    }

    private InboxNews news(String userId, long since) throws Exception {
        return news(userId, since, 100);
    }

    private InboxNews news(String userId, long since, int limit) throws Exception {
        return (InboxNews) ask(new ChatQuery.InboxSince(userId, since, limit));
    }

    private long checkpoint(String conversation) throws Exception {
        return done(groups.readStale(
                group(conversation), tables -> Outbox.progress(tables).notedThrough()));
    }

    private void submit(ChatCommand command) throws Exception {
        assertThat(carryOut(command).get(30, TimeUnit.SECONDS)).isNotInstanceOf(ChatAnswer.Refused.class);
    }

    private QueryAnswer ask(ChatQuery query) throws Exception {
        return done(groups.read(group(query.entityId()), tables -> ChatQueries.answer(tables, query)));
    }

    private static <T> T done(CompletableFuture<ReadOutcome<T>> outcome) throws Exception {
        return ((ReadOutcome.Done<T>) outcome.get(30, TimeUnit.SECONDS)).value();
    }

    private CompletableFuture<ChatAnswer> carryOut(ChatCommand command) {
        return groups.submit(group(command.entityId()), List.of(CommandCodec.encode(command)))
                .thenApply(outcome ->
                        ((SubmitOutcome.Applied<ChatAnswer>) outcome).answers().getFirst());
    }

    private MemoryGroups<ChatAnswer> groups() {
        for (int partition = 0; partition < PARTITIONING.partitions(); partition++) {
            rings.put(Partitioning.group(partition), new DeliveryRing());
        }
        return MemoryGroups.single(
                group -> new ChatMachine(rings.getOrDefault(group, new DeliveryRing())), List.copyOf(rings.keySet()));
    }

    private static GroupId group(String entityId) {
        return Partitioning.group(PARTITIONING.partitionOf(entityId));
    }

    /// Carries out at once, unless lists cannot be reached.
    private final class Gate implements ChatGate {
        @Override
        public CompletableFuture<ChatAnswer> submit(ChatCommand command) {
            if (listsUnreachable && command instanceof ChatCommand.NoteActivity) {
                return CompletableFuture.failedFuture(new GateException(ErrorCode.NO_LEADER, "no leader is known"));
            }
            if (command instanceof ChatCommand.NoteActivity note && note.partition() == silent) {
                return new CompletableFuture<>();
            }
            return carryOut(command);
        }

        @Override
        public CompletableFuture<QueryAnswer> ask(ChatQuery query) {
            throw new AssertionError("the feed asks nothing");
        }
    }
}
