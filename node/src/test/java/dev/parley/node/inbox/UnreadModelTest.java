package dev.parley.node.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.Ids;
import dev.parley.chat.InboxEntry;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.Role;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.machine.Replica;
import dev.parley.node.placement.Partitioning;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Unread counts, in the conversations and in the lists of users, against a model that counts by looking at
/// every
/// message: a million random steps in all. The feed of the lists loses answers, begins again from an older
/// place as a new
/// leader does, and has notes that arrive late and again.
class UnreadModelTest {
    private static final int STEPS = 100_000;
    private static final String OWNER = "u0";
    private static final List<String> USERS =
            IntStream.range(0, 8).mapToObj(i -> "u" + i).toList();

    static IntStream seeds() {
        return IntStream.rangeClosed(1, 10);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void unread_is_what_others_have_sent_and_the_user_has_not_read(int seed) {
        Run run = new Run(seed);
        run.open();
        for (int step = 0; step < STEPS; step++) {
            run.step(step);
        }
        run.settle();
        run.assertAll();
    }

    /// A message, or a change of members, which is not visible.
    private record Entry(long seq, boolean visible) {}

    /// A member as the model has it.
    private static final class Reader {
        private long readSeq;
        private boolean muted;

        Reader(long joinedSeq) {
            this.readSeq = joinedSeq - 1;
        }
    }

    private static final class Naive {
        private final List<Entry> log = new ArrayList<>();
        private final Map<String, Reader> members = new HashMap<>();

        Reader member(String userId) {
            return Objects.requireNonNull(members.get(userId));
        }

        long head() {
            return log.isEmpty() ? 0 : log.getLast().seq();
        }

        /// Own messages are read by being sent, so whatever lies behind the read position is of others.
        long unread(String userId) {
            long readSeq = member(userId).readSeq;
            long unread = 0;
            for (int at = log.size() - 1; at >= 0 && log.get(at).seq() > readSeq; at--) {
                unread += log.get(at).visible() ? 1 : 0;
            }
            return unread;
        }
    }

    private static final class Run {
        private final int seed;
        private final Random random;
        private final Replica replica = new Replica();
        private final Map<String, Naive> model = new HashMap<>();
        private final List<String> groups = new ArrayList<>();
        private final List<String> conversations = new ArrayList<>();
        private final List<ChatCommand.PostMessage> posted = new ArrayList<>();
        private final List<ChatCommand> memberships = new ArrayList<>();
        private final List<ChatCommand> late = new ArrayList<>();
        private int fed;

        Run(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void open() {
            for (int group = 0; group < 4; group++) {
                String id = Ids.group(OWNER, "g" + group);
                replica.applyOne(new ChatCommand.CreateGroup(id, OWNER, "group", List.of("u1", "u2")));
                Naive naive = begun(id, groups);
                naive.log.add(new Entry(1, false));
                for (String member : List.of(OWNER, "u1", "u2")) {
                    naive.members.put(member, new Reader(1));
                    memberships.add(new ChatCommand.NoteMembership(member, id, 1, true));
                }
            }
            for (int other = 1; other < 4; other++) {
                String id = Ids.direct(OWNER, "u" + other);
                replica.applyOne(new ChatCommand.CreateDirect(id, OWNER, "u" + other));
                Naive naive = begun(id, new ArrayList<>());
                for (String member : List.of(OWNER, "u" + other)) {
                    naive.members.put(member, new Reader(1));
                    memberships.add(new ChatCommand.NoteMembership(member, id, 0, true));
                }
            }
        }

        void step(int step) {
            String id = conversations.get(random.nextInt(conversations.size()));
            String user = USERS.get(random.nextInt(USERS.size()));
            switch (random.nextInt(40)) {
                case 0 -> join(groups.get(random.nextInt(groups.size())), user);
                case 1 -> leave(groups.get(random.nextInt(groups.size())), user);
                case 2 -> mute(id, user);
                case 3, 4 -> feed(random.nextInt(200));
                case 5 -> note();
                case 6 -> retry();
                case 7, 8, 9, 10, 11, 12, 13, 14 -> read(id, user);
                default -> post(id, user, "m" + step);
            }
            if (step % 50 == 0) {
                assertUnread(id, user);
            }
        }

        private void post(String id, String user, String clientId) {
            var post = new ChatCommand.PostMessage(id, user, "phone", clientId, "text");
            Naive naive = naive(id);
            if (naive.members.containsKey(user)) {
                long seq = ((ChatAnswer.MessagePosted) replica.applyOne(post)).seq();
                naive.log.add(new Entry(seq, true));
                naive.member(user).readSeq = seq;
                posted.add(post);
            } else {
                assertThat(replica.applyOne(post)).isInstanceOf(ChatAnswer.Refused.class);
            }
        }

        /// An earlier message again, also of somebody who has left since: nothing happens.
        private void retry() {
            if (!posted.isEmpty()) {
                ChatAnswer answer = replica.applyOne(posted.get(random.nextInt(posted.size())));
                assertThat(((ChatAnswer.MessagePosted) answer).duplicate()).isTrue();
            }
        }

        private void read(String id, String user) {
            long seq = random.nextLong(naive(id).head() + 1);
            if (random.nextBoolean()) {
                seq = naive(id).head();
            }
            replica.applyOne(new ChatCommand.AdvanceRead(id, user, seq, random.nextInt(4) == 0));
            Reader reader = naive(id).members.get(user);
            if (reader != null) {
                reader.readSeq = Math.max(reader.readSeq, seq);
            }
        }

        private void join(String id, String user) {
            ChatAnswer answer = replica.applyOne(new ChatCommand.AddMember(id, OWNER, user, Role.MEMBER));
            Naive naive = naive(id);
            if (!naive.members.containsKey(user)) {
                long seq = ((ChatAnswer.MembersChanged) answer).seq();
                naive.log.add(new Entry(seq, false));
                naive.members.put(user, new Reader(seq));
                memberships.add(new ChatCommand.NoteMembership(user, id, seq, true));
            } else if (user.equals(OWNER)) {
                assertThat(answer).as("the only owner stays one").isInstanceOf(ChatAnswer.Refused.class);
            }
        }

        private void leave(String id, String user) {
            Naive naive = naive(id);
            if (!user.equals(OWNER) && naive.members.containsKey(user)) {
                ChatAnswer answer = replica.applyOne(new ChatCommand.RemoveMember(id, OWNER, user));
                long seq = ((ChatAnswer.MembersChanged) answer).seq();
                naive.log.add(new Entry(seq, false));
                naive.members.remove(user);
                memberships.add(new ChatCommand.NoteMembership(user, id, seq, false));
            }
        }

        private void mute(String id, String user) {
            boolean muted = random.nextBoolean();
            replica.applyOne(new ChatCommand.SetMuted(id, user, muted));
            Reader reader = naive(id).members.get(user);
            if (reader != null) {
                reader.muted = muted;
            }
        }

        /// Tells lists what some deliveries mean; the answer may be lost, and a new leader begins further back.
        private void feed(int count) {
            if (random.nextInt(10) == 0) {
                fed = Math.max(0, fed - random.nextInt(100));
            }
            int end = Math.min(replica.delivered.size(), fed + count);
            Activities activities = new Activities(new Partitioning(1));
            replica.delivered.subList(fed, end).forEach(activities::add);
            for (var commands : activities.commands().values()) {
                commands.forEach(this::apply);
                if (random.nextInt(20) == 0) {
                    late.addAll(commands);
                }
            }
            if (random.nextInt(5) != 0) {
                fed = end;
            }
        }

        private void note() {
            if (!memberships.isEmpty()) {
                apply(memberships.get(random.nextInt(memberships.size())));
            }
            if (!late.isEmpty()) {
                apply(late.remove(random.nextInt(late.size())));
            }
        }

        void settle() {
            memberships.forEach(this::apply);
            late.forEach(this::apply);
            while (fed < replica.delivered.size() && !onlyLists()) {
                feed(10_000);
            }
        }

        /// What the notes themselves deliver says nothing about conversations.
        private boolean onlyLists() {
            return replica.delivered.subList(fed, replica.delivered.size()).stream()
                    .allMatch(delivery -> delivery.event() instanceof Delivery.ListsChanged);
        }

        void assertAll() {
            conversations.forEach(id -> USERS.forEach(user -> assertUnread(id, user)));
            for (String user : USERS) {
                long expected = 0;
                Set<String> listed = new HashSet<>();
                var page = (QueryAnswer.InboxListing) replica.ask(new ChatQuery.InboxPage(user, Optional.empty(), 100));
                for (InboxEntry entry : page.entries()) {
                    Naive naive = naive(entry.conversationId());
                    listed.add(entry.conversationId());
                    assertThat(entry.listed().unread())
                            .as("seed %d: list of %s", seed, user)
                            .isEqualTo(naive.unread(user));
                    assertThat(entry.listed().mute().muted())
                            .as("seed %d: muting by %s", seed, user)
                            .isEqualTo(naive.member(user).muted);
                    expected += naive.unread(user);
                }
                assertThat(page.unread()).as("seed %d: badge of %s", seed, user).isEqualTo(expected);
                assertThat(listed)
                        .isEqualTo(conversations.stream()
                                .filter(id -> naive(id).members.containsKey(user))
                                .collect(Collectors.toSet()));
            }
        }

        private void assertUnread(String id, String user) {
            var list = (QueryAnswer.SummaryList) replica.ask(new ChatQuery.Summaries(List.of(id), user));
            Optional<Long> unread =
                    list.summaries().stream().map(QueryAnswer.Summary::unread).findFirst();
            Optional<Long> expected =
                    naive(id).members.containsKey(user) ? Optional.of(naive(id).unread(user)) : Optional.empty();
            assertThat(unread).as("seed %d: %s in %s", seed, user, id).isEqualTo(expected);
        }

        private void apply(ChatCommand command) {
            assertThat(replica.applyOne(command)).isEqualTo(new ChatAnswer.Done());
        }

        private Naive begun(String id, List<String> kind) {
            Naive naive = new Naive();
            model.put(id, naive);
            conversations.add(id);
            kind.add(id);
            return naive;
        }

        private Naive naive(String id) {
            Naive naive = model.get(id);
            if (naive == null) {
                throw new IllegalStateException("no conversation " + id);
            }
            return naive;
        }
    }
}
