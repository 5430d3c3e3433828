package dev.parley.chat.rules;

import static dev.parley.chat.rules.ConversationRulesTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatAnswer.CursorAdvanced;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatCommand.AddMember;
import dev.parley.chat.ChatCommand.AdvanceDelivered;
import dev.parley.chat.ChatCommand.AdvanceRead;
import dev.parley.chat.ChatCommand.CreateGroup;
import dev.parley.chat.ChatCommand.PostMessage;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.DevicePosition;
import dev.parley.chat.Ids;
import dev.parley.chat.QueryAnswer.MemberList;
import dev.parley.chat.QueryAnswer.MemberState;
import dev.parley.chat.Refusal;
import dev.parley.chat.Role;
import dev.parley.chat.view.Member;
import dev.parley.chat.view.Member.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorRulesTest {
    private static final String GROUP = Ids.group("alice", "g-1");

    private final ChatState state = new ChatState();

    /// Records: 1 created, 2 message, 3 carol added, 4 message, 5 message.
    CursorRulesTest() {
        state.run(new CreateGroup(GROUP, "alice", "Friends", List.of("bob")));
        state.run(new PostMessage(GROUP, "alice", "", "m-1", "one"));
        state.run(new AddMember(GROUP, "alice", "carol", Role.MEMBER));
        state.run(new PostMessage(GROUP, "alice", "", "m-2", "two"));
        state.run(new PostMessage(GROUP, "alice", "", "m-3", "three"));
    }

    @Test
    void reading_moves_to_the_record_and_the_messages_up_to_it() {
        assertThat(state.run(new AdvanceRead(GROUP, "bob", 3))).isEqualTo(new CursorAdvanced(3));
        assertThat(state.member(GROUP, "bob").orElseThrow().read()).isEqualTo(new Position(3, 1));

        assertThat(state.run(new AdvanceRead(GROUP, "bob", 5))).isEqualTo(new CursorAdvanced(5));
        assertThat(state.member(GROUP, "bob").orElseThrow().read()).isEqualTo(new Position(5, 3));
    }

    @Test
    void what_is_read_in_private_is_known_to_the_reader_and_shown_to_nobody_else() {
        state.run(new AdvanceRead(GROUP, "bob", 2));
        state.run(new AdvanceDelivered(GROUP, "bob", 3));

        Decision hidden = state.decide(new AdvanceRead(GROUP, "bob", 4, true));
        state.run(new AdvanceRead(GROUP, "bob", 4, true));
        // A retry that no longer says so, or an older position of another device, tells nothing either.
        assertThat(state.decide(new AdvanceRead(GROUP, "bob", 4)).events()).isEmpty();

        assertThat(hidden.events())
                .containsExactly(
                        new ChatEvent.DeliveredAdvanced(GROUP, "bob", 4),
                        new ChatEvent.ReadAdvanced(GROUP, "bob", new Position(4, 2), true));
        assertThat(readSeqOfBob("bob")).isEqualTo(4);
        assertThat(readSeqOfBob("alice")).isEqualTo(2);
        state.run(new AdvanceRead(GROUP, "bob", 5));
        assertThat(readSeqOfBob("alice")).isEqualTo(5);
    }

    @Test
    void who_posts_shows_that_everything_before_is_read() {
        state.run(new AdvanceRead(GROUP, "bob", 4, true));
        state.run(new PostMessage(GROUP, "bob", "", "m-4", "four"));

        assertThat(readSeqOfBob("alice")).isEqualTo(6);
    }

    private long readSeqOfBob(String callerId) {
        return bobSeenBy(callerId).readSeq();
    }

    private List<DevicePosition> devicesOfBob(String callerId) {
        return bobSeenBy(callerId).devices();
    }

    private MemberState bobSeenBy(String callerId) {
        MemberList list = (MemberList) ChatReader.answer(state, new ChatQuery.Members(GROUP, callerId));
        return list.members().stream()
                .filter(member -> member.userId().equals("bob"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void what_is_read_was_delivered() {
        state.run(new AdvanceDelivered(GROUP, "bob", 2));
        state.run(new AdvanceRead(GROUP, "bob", 4));
        assertThat(state.member(GROUP, "bob").orElseThrow().deliveredSeq()).isEqualTo(4);

        state.run(new AdvanceDelivered(GROUP, "bob", 5));
        assertThat(state.member(GROUP, "bob").orElseThrow().read().seq()).isEqualTo(4);
    }

    @Test
    void each_device_has_its_own_position_and_the_farthest_counts_for_the_user() {
        state.run(new AdvanceDelivered(GROUP, "bob", "phone", 4));
        Decision late = state.decide(new AdvanceDelivered(GROUP, "bob", "laptop", 2));
        state.run(new AdvanceDelivered(GROUP, "bob", "laptop", 2));
        state.run(new AdvanceDelivered(GROUP, "bob", 5));

        // The others are not told: to them bob is no farther.
        assertThat(late.answer()).isEqualTo(new CursorAdvanced(4));
        assertThat(late.events()).noneMatch(ChatEvent.DeliveredAdvanced.class::isInstance);
        assertThat(state.member(GROUP, "bob").orElseThrow().deliveredSeq()).isEqualTo(5);
        assertThat(devicesOfBob("bob"))
                .containsExactly(new DevicePosition("laptop", 2), new DevicePosition("phone", 4));
        assertThat(devicesOfBob("alice")).isEmpty();
    }

    @Test
    void what_a_device_cannot_have_received_is_not_noted() {
        state.run(new AdvanceDelivered(GROUP, "carol", "phone", 2));

        assertThat(state.member(GROUP, "carol").orElseThrow().devices()).isEmpty();
    }

    /// Retries and late commands come in any order, from more devices than are kept.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void no_position_ever_falls(long seed) {
        Random random = new Random(seed);
        List<ChatCommand> told = new ArrayList<>();
        Map<String, Long> highest = new HashMap<>();
        for (int step = 0; step < 3_000; step++) {
            if (random.nextInt(4) == 0) {
                state.run(new PostMessage(GROUP, "alice", "", "r-" + step, "text"));
            }
            Member before = state.member(GROUP, "bob").orElseThrow();
            long head = state.conversation(GROUP).orElseThrow().head().seq();
            ChatCommand next = told.isEmpty() || random.nextBoolean()
                    ? advance(random, head)
                    : told.get(random.nextInt(told.size()));
            told.add(next);
            state.run(next);

            Member after = state.member(GROUP, "bob").orElseThrow();
            assertThat(after.read().seq())
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo(before.read().seq());
            assertThat(after.deliveredSeq())
                    .as("seed %d, step %d: %s", seed, step, next)
                    .isGreaterThanOrEqualTo(
                            Math.max(before.deliveredSeq(), after.read().seq()));
            assertThat(after.devices().size()).as("seed %d", seed).isLessThanOrEqualTo(ChatLimits.DEVICE_POSITIONS_MAX);
            for (DevicePosition device : after.devices()) {
                // Not even a device that had fallen out comes back with less.
                assertThat(device.seq())
                        .as("seed %d, step %d: %s then %s", seed, step, next, device)
                        .isBetween(highest.getOrDefault(device.deviceId(), 0L), after.deliveredSeq());
                highest.put(device.deviceId(), device.seq());
            }
        }
        assertThat(highest.size()).as("seed %d", seed).isGreaterThan(ChatLimits.DEVICE_POSITIONS_MAX);
    }

    private static ChatCommand advance(Random random, long head) {
        long seq = Math.max(0, head - random.nextInt(20));
        return random.nextInt(5) == 0
                ? new AdvanceRead(GROUP, "bob", seq, random.nextBoolean())
                : new AdvanceDelivered(GROUP, "bob", "d" + random.nextInt(24), seq);
    }

    @Test
    void a_cursor_never_goes_back_and_says_where_it_is() {
        state.run(new AdvanceRead(GROUP, "bob", 4));

        Decision read = state.decide(new AdvanceRead(GROUP, "bob", 2));
        Decision delivered = state.decide(new AdvanceDelivered(GROUP, "bob", 0));

        assertThat(read.answer()).isEqualTo(new CursorAdvanced(4));
        assertThat(delivered.answer()).isEqualTo(new CursorAdvanced(4));
        assertThat(read.events()).isEmpty();
        assertThat(delivered.events()).isEmpty();
    }

    @Test
    void a_cursor_below_the_join_is_harmless() {
        assertThat(state.run(new AdvanceRead(GROUP, "carol", 1))).isEqualTo(new CursorAdvanced(2));
        assertThat(state.member(GROUP, "carol").orElseThrow().read()).isEqualTo(new Position(2, 1));
    }

    @Test
    void a_cursor_past_the_head_is_refused_with_the_head() {
        for (ChatAnswer answer : List.of(
                state.run(new AdvanceRead(GROUP, "bob", 6)),
                state.run(new AdvanceDelivered(GROUP, "bob", Long.MAX_VALUE)))) {
            refused(answer, Refusal.INVALID_FIELD);
            assertThat(((ChatAnswer.Refused) answer).detail()).contains("the head is 5");
        }
    }

    @Test
    void only_members_have_cursors() {
        refused(state.run(new AdvanceRead(GROUP, "mallory", 1)), Refusal.NOT_A_MEMBER);
        refused(state.run(new AdvanceDelivered(GROUP, "mallory", 1)), Refusal.NOT_A_MEMBER);
        String unknown = Ids.group("alice", "g-2");
        refused(state.run(new AdvanceRead(unknown, "bob", 1)), Refusal.CONVERSATION_UNKNOWN);
        refused(state.run(new AdvanceDelivered(unknown, "bob", 1)), Refusal.CONVERSATION_UNKNOWN);
    }
}
