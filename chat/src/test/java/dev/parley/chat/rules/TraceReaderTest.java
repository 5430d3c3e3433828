package dev.parley.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer.MessagePosted;
import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatCommand.AddDeadLetter;
import dev.parley.chat.ChatCommand.AddMember;
import dev.parley.chat.ChatCommand.AdvanceDelivered;
import dev.parley.chat.ChatCommand.AdvanceRead;
import dev.parley.chat.ChatCommand.CreateGroup;
import dev.parley.chat.ChatCommand.NotePushes;
import dev.parley.chat.ChatCommand.PostMessage;
import dev.parley.chat.ChatCommand.Pushed;
import dev.parley.chat.ChatCommand.RegisterDevice;
import dev.parley.chat.ChatCommand.SetPushTarget;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.DevicePosition;
import dev.parley.chat.Ids;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.chat.PushTarget;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.MemberState;
import dev.parley.chat.QueryAnswer.MessageTraced;
import dev.parley.chat.QueryAnswer.TracedPush;
import dev.parley.chat.QueryAnswer.TracedRecord;
import dev.parley.chat.QueryAnswer.UserTraced;
import dev.parley.chat.RecordBody;
import dev.parley.chat.Refusal;
import dev.parley.chat.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TraceReaderTest {
    private static final String GROUP = Ids.group("alice", "g-1");

    private final ChatState state = new ChatState();
    private final List<MessagePosted> posted = new ArrayList<>();

    /// Record 1 creates the group, 2 to 301 are messages of alice.
    TraceReaderTest() {
        state.run(new CreateGroup(GROUP, "alice", "Friends", List.of("bob")));
        for (int message = 0; message < 300; message++) {
            posted.add((MessagePosted) state.run(new PostMessage(GROUP, "alice", "", "m-" + message, "text")));
        }
    }

    @Test
    void every_record_is_found_by_its_id_and_by_its_seq() {
        for (MessagePosted message : posted) {
            for (String name : List.of(message.messageId(), Long.toString(message.seq()))) {
                TracedRecord record = trace(name).found().orElseThrow();
                assertThat(record.seq()).isEqualTo(message.seq());
                assertThat(record.messageId()).isEqualTo(message.messageId());
                assertThat(record.createdAtMillis()).isEqualTo(message.createdAtMillis());
            }
        }
    }

    @Test
    void records_of_one_stamp_are_told_apart_though_their_ids_are_in_no_order() {
        long stamp = posted.getLast().createdAtMillis();
        List<String> ids = new ArrayList<>();
        for (int index = 0; index < 450; index++) {
            String id = Ids.message(stamp, (index * 0x9E3779B97F4A7C15L), index);
            ids.add(id);
            state.write(new ChatEvent.MessagePosted(
                    new ConversationRecord(
                            GROUP, 302 + index, 301 + index, id, "alice", stamp, new RecordBody.Text("text")),
                    "",
                    "same-" + index,
                    dev.parley.chat.Fingerprint.of("text")));
        }

        for (int index = 0; index < ids.size(); index++) {
            assertThat(trace(ids.get(index)).found().orElseThrow().seq()).isEqualTo(302 + index);
        }
        assertThat(trace(Ids.message(stamp, 5, 1)).found()).isEmpty();
    }

    @Test
    void what_is_not_there_is_not_found() {
        for (String name : List.of(
                Ids.message(0, 1, 1),
                Ids.message(posted.getFirst().createdAtMillis(), 1, 1),
                Ids.message((1L << 48) - 1, 1, 1),
                "0",
                "302",
                "999999999999999999")) {
            assertThat(trace(name)).isEqualTo(new MessageTraced(Optional.empty(), 301));
        }
        assertThat(ask(new ChatQuery.MessageTrace(GROUP, "m-1")))
                .isInstanceOfSatisfying(
                        QueryAnswer.Refused.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(Refusal.INVALID_FIELD));
        assertThat(ask(new ChatQuery.MessageTrace(Ids.group("alice", "g-2"), "1")))
                .isInstanceOfSatisfying(
                        QueryAnswer.Refused.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(Refusal.CONVERSATION_UNKNOWN));
    }

    @Test
    void members_are_shown_with_their_true_positions_devices_and_letters() {
        state.run(new AdvanceDelivered(GROUP, "bob", "phone", 7));
        state.run(new AdvanceRead(GROUP, "bob", 5, true));
        state.run(new AddMember(GROUP, "alice", "carol", Role.MEMBER));
        DeadLetter letter = new DeadLetter(
                new DeadLetter.ListNote(
                        new Activity("bob", GROUP, new Progress(7, 6, 0, 0, 0, 0), Optional.empty(), 7)),
                "no",
                1,
                9);
        state.run(new AddDeadLetter(0, letter));

        TracedRecord record = trace("6").found().orElseThrow();

        assertThat(record.senderId()).isEqualTo("alice");
        assertThat(record.members())
                .containsExactly(
                        new MemberState("alice", Role.OWNER, 1, 301, 301),
                        new MemberState("bob", Role.MEMBER, 1, 5, 7, List.of(new DevicePosition("phone", 7))),
                        new MemberState("carol", Role.MEMBER, 302, 301, 301));
        assertThat(record.letters()).containsExactly(new DeadLetter.Numbered(1, letter));
    }

    @Test
    void a_users_list_pushes_and_letters_are_shown() {
        state.run(new RegisterDevice("bob", "phone", "ios"));
        state.run(new SetPushTarget("bob", "phone", new PushTarget("apns", "token", Optional.empty())));
        state.run(new NotePushes(
                0,
                0,
                List.of(
                        new Pushed("bob", GROUP, "apns", 7, "HTTP 200"),
                        new Pushed("bob", Ids.group("x", "y"), "fcm", 9, "HTTP 201"))));
        DeadLetter letter = new DeadLetter(new DeadLetter.Push("bob", GROUP, "phone", "apns", 6), "HTTP 400", 5, 9);
        state.run(new AddDeadLetter(0, letter));

        UserTraced user = (UserTraced) ask(new ChatQuery.UserTrace("bob", GROUP, 6));

        assertThat(user.listedSeq()).isZero();
        assertThat(user.pushes()).singleElement().satisfies(push -> {
            assertThat(push).isEqualTo(new TracedPush("apns", 7, push.atMillis(), "HTTP 200"));
            assertThat(push.atMillis()).isGreaterThan(ChatState.START_MILLIS);
        });
        assertThat(user.letters()).containsExactly(new DeadLetter.Numbered(1, letter));
        assertThat(ask(new ChatQuery.UserTrace("no\0body", GROUP, 6)))
                .isEqualTo(new UserTraced(0, List.of(), List.of()));
    }

    private MessageTraced trace(String name) {
        return (MessageTraced) ask(new ChatQuery.MessageTrace(GROUP, name));
    }

    private QueryAnswer ask(ChatQuery query) {
        return ChatReader.answer(state, query);
    }
}
