package dev.parley.node.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DevicePosition;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.MemberList;
import dev.parley.chat.QueryAnswer.MemberState;
import dev.parley.chat.QueryAnswer.Page;
import dev.parley.chat.QueryAnswer.Summary;
import dev.parley.chat.QueryAnswer.SummaryList;
import dev.parley.chat.RecordBody;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.log.CommandCodec;
import dev.parley.node.machine.NaiveChat.Entry;
import dev.parley.node.machine.NaiveChat.Room;
import dev.parley.node.machine.NaiveChat.Seat;
import dev.parley.raftstorage.Stamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares the machine with [NaiveChat] over random commands. `-Dparley.seed=N` replays one seed.
class ModelTest {
    private static final int ENTRIES = 250;
    private static final int COMMANDS_PER_ENTRY_MAX = 4;

    static LongStream seeds() {
        Long seed = Long.getLong("parley.seed");
        return seed == null ? LongStream.rangeClosed(1, 60) : LongStream.of(seed);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void the_machine_answers_and_remembers_like_the_model(long seed) {
        Random random = new Random(seed);
        RandomCommands commands = new RandomCommands(random);
        NaiveChat model = new NaiveChat();
        Replica replica = new Replica();

        for (int entry = 0; entry < ENTRIES; entry++) {
            List<ChatCommand.OnConversation> asked = new ArrayList<>();
            int size = 1 + random.nextInt(COMMANDS_PER_ENTRY_MAX);
            for (int index = 0; index < size; index++) {
                asked.add(commands.next());
            }
            List<ChatAnswer> answers = replica.apply(asked.toArray(ChatCommand[]::new));
            for (int index = 0; index < size; index++) {
                assertThat(words(answers.get(index)))
                        .as("seed %d, entry %d, %s", seed, entry, asked.get(index))
                        .isEqualTo(model.run(asked.get(index)));
            }
            if (entry % 50 == 49) {
                compareState(seed, random, model, replica);
            }
        }
        assertThat(replica.delivered)
                .as("seed %d", seed)
                .extracting(Delivery::number)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, replica.delivered.size())
                        .boxed()
                        .toList());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void a_replica_that_restarts_now_and_then_has_the_same_bytes_as_one_that_lives(long seed) {
        Random random = new Random(seed);
        RandomCommands commands = new RandomCommands(random);
        Replica live = new Replica();
        Replica restarting = new Replica();
        long millis = Replica.START_MILLIS;

        for (int entry = 1; entry <= ENTRIES; entry++) {
            List<byte[]> batch = new ArrayList<>();
            int size = 1 + random.nextInt(COMMANDS_PER_ENTRY_MAX);
            for (int index = 0; index < size; index++) {
                batch.add(CommandCodec.encode(commands.next()));
            }
            // Time passes so fast that posts expire on the way.
            millis += random.nextLong(ChatLimits.POSTED_KEPT_MILLIS / 50);
            Stamp stamp = new Stamp(millis, random.nextLong(), 1, entry);
            if (random.nextInt(5) == 0) {
                restarting.reopen();
            }

            assertThat(restarting.apply(stamp, batch))
                    .as("seed %d, entry %d", seed, entry)
                    .isEqualTo(live.apply(stamp, batch));
        }

        assertThat(restarting.tables.dump()).as("seed %d", seed).isEqualTo(live.tables.dump());
        assertThat(restarting.delivered).as("seed %d", seed).isEqualTo(live.delivered);
    }

    private static void compareState(long seed, Random random, NaiveChat model, Replica replica) {
        for (String conversationId : RandomCommands.conversations()) {
            Room room = model.rooms().get(conversationId);
            for (String userId : RandomCommands.USERS) {
                Seat seat = room == null ? null : room.seats.get(userId);
                if (room == null || seat == null) {
                    assertThat(replica.ask(new ChatQuery.PageAfter(conversationId, userId, 0, 50)))
                            .as("seed %d, %s in %s", seed, userId, conversationId)
                            .isInstanceOf(QueryAnswer.Refused.class);
                    continue;
                }
                comparePages(seed, random, new Reader(conversationId, room, userId, seat), replica);
                compareSummary(seed, new Reader(conversationId, room, userId, seat), replica);
            }
            if (room != null && !room.seats.isEmpty()) {
                compareMembers(seed, conversationId, room, replica);
            }
        }
    }

    private static void comparePages(long seed, Random random, Reader reader, Replica replica) {
        int head = reader.room().log.size();
        int after = random.nextInt(head + 2);
        int limit = 1 + random.nextInt(10);
        Page page = (Page) replica.ask(new ChatQuery.PageAfter(reader.conversationId(), reader.userId(), after, limit));

        int from = Math.max(after, (int) reader.seat().joined - 1);
        int to = Math.min(head, from + limit);
        List<String> expected = new ArrayList<>();
        for (int seq = from + 1; seq <= to; seq++) {
            expected.add(seq + " " + words(reader.room().log.get(seq - 1)));
        }
        assertThat(page.records().stream().map(ModelTest::words))
                .as("seed %d, %s after %d limit %d", seed, reader, after, limit)
                .containsExactlyElementsOf(expected);
        assertThat(page.more())
                .as("seed %d, %s after %d limit %d", seed, reader, after, limit)
                .isEqualTo(to < head);
    }

    private static void compareSummary(long seed, Reader reader, Replica replica) {
        SummaryList answer =
                (SummaryList) replica.ask(new ChatQuery.Summaries(List.of(reader.conversationId()), reader.userId()));
        Summary summary = answer.summaries().getFirst();

        assertThat(List.of(summary.headSeq(), summary.unread(), summary.readSeq()))
                .as("seed %d, head, unread, read of %s", seed, reader)
                .containsExactly(
                        (long) reader.room().log.size(), reader.room().unread(reader.seat()), reader.seat().read);
        assertThat(summary.muted()).as("seed %d, %s", seed, reader).isEqualTo(reader.seat().muted);
    }

    private static void compareMembers(long seed, String conversationId, Room room, Replica replica) {
        MemberList answer = (MemberList) replica.ask(new ChatQuery.Members(conversationId, room.seats.firstKey()));
        List<MemberState> expected = room.seats.entrySet().stream()
                .map((Map.Entry<String, Seat> entry) -> {
                    Seat seat = entry.getValue();
                    boolean own = entry.getKey().equals(room.seats.firstKey());
                    long read = own ? seat.read : seat.shown;
                    List<DevicePosition> devices = new ArrayList<>();
                    if (own) {
                        seat.devices.forEach((device, seq) -> devices.add(new DevicePosition(device, seq)));
                    }
                    return new MemberState(entry.getKey(), seat.role, seat.joined, read, seat.delivered, devices);
                })
                .toList();

        assertThat(answer.members())
                .as("seed %d, members of %s", seed, conversationId)
                .isEqualTo(expected);
    }

    private static String words(ChatAnswer answer) {
        return switch (answer) {
            case ChatAnswer.ConversationOpened opened -> "opened existed=" + opened.existed();
            case ChatAnswer.MessagePosted posted ->
                "posted %d duplicate=%s".formatted(posted.seq(), posted.duplicate());
            case ChatAnswer.MembersChanged changed -> "members " + changed.seq();
            case ChatAnswer.CursorAdvanced advanced -> "cursor " + advanced.throughSeq();
            case ChatAnswer.DeviceRegistered registered -> "registered " + registered.generation();
            case ChatAnswer.Done() -> "done";
            case ChatAnswer.Refused refused -> "refused " + refused.refusal();
        };
    }

    private static String words(ConversationRecord record) {
        return record.seq() + " "
                + switch (record.body()) {
                    case RecordBody.Text(String text) -> words(new Entry(record.senderId(), true, text));
                    case RecordBody.MembershipChange change ->
                        words(new Entry(record.senderId(), false, change.action() + " " + change.userId()));
                };
    }

    private static String words(Entry entry) {
        return "%s %s %s".formatted(entry.sender(), entry.message() ? "says" : "does", entry.said());
    }

    /// A member of one of the model's rooms.
    private record Reader(String conversationId, Room room, String userId, Seat seat) {
        @Override
        public String toString() {
            return userId + " in " + conversationId;
        }
    }
}
