package dev.parley.chat.rules;

import static dev.parley.chat.rules.ConversationRulesTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatAnswer.MessagePosted;
import dev.parley.chat.ChatCommand.CreateDirect;
import dev.parley.chat.ChatCommand.CreateGroup;
import dev.parley.chat.ChatCommand.PostMessage;
import dev.parley.chat.ChatCommand.RemoveMember;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.Ids;
import dev.parley.chat.RecordBody;
import dev.parley.chat.Refusal;
import dev.parley.chat.view.Member.Position;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MessageRulesTest {
    private static final String DIRECT = Ids.direct("alice", "bob");
    private static final String GROUP = Ids.group("alice", "g-1");

    private final ChatState state = new ChatState();

    @BeforeEach
    void open() {
        state.run(new CreateDirect(DIRECT, "alice", "bob"));
        state.run(new CreateGroup(GROUP, "alice", "Friends", List.of("bob", "carol")));
    }

    @Test
    void posts_are_numbered_densely_from_one() {
        List<Long> seqs = List.of(
                posted("alice", "m-1", "one").seq(),
                posted("bob", "m-1", "two").seq(),
                posted("alice", "m-2", "three").seq());

        assertThat(seqs).containsExactly(1L, 2L, 3L);
        assertThat(state.records(DIRECT, 1, 3))
                .extracting(ConversationRecord::body)
                .containsExactly(new RecordBody.Text("one"), new RecordBody.Text("two"), new RecordBody.Text("three"));
    }

    @Test
    void the_ordinal_counts_messages_only() {
        state.run(new PostMessage(GROUP, "alice", "phone", "m-1", "one"));
        state.run(new RemoveMember(GROUP, "alice", "carol"));
        state.run(new PostMessage(GROUP, "bob", "phone", "m-1", "two"));

        assertThat(state.records(GROUP, 1, 4))
                .extracting(ConversationRecord::ordinal)
                .containsExactly(0L, 1L, 1L, 2L);
    }

    @Test
    void the_sender_has_read_what_it_wrote() {
        posted("bob", "m-1", "one");
        posted("alice", "m-1", "two");

        assertThat(state.member(DIRECT, "alice").orElseThrow().read()).isEqualTo(new Position(2, 2));
        assertThat(state.member(DIRECT, "alice").orElseThrow().deliveredSeq()).isEqualTo(2);
        assertThat(state.member(DIRECT, "bob").orElseThrow().read()).isEqualTo(new Position(1, 1));
    }

    @Test
    void a_retry_with_the_same_body_gets_the_first_answer_again() {
        MessagePosted first = posted("alice", "m-1", "hello");
        posted("bob", "m-1", "hi");

        Decision again = state.decide(new PostMessage(DIRECT, "alice", "tablet", "m-1", "hello"));

        assertThat(again.events()).isEmpty();
        assertThat(again.answer())
                .isEqualTo(new MessagePosted(first.messageId(), first.seq(), first.createdAtMillis(), true));
    }

    @Test
    void a_retry_with_another_body_is_refused() {
        posted("alice", "m-1", "hello");

        refused(post(DIRECT, "alice", "m-1", "hello!"), Refusal.CLIENT_MESSAGE_ID_REUSED);
        assertThat(state.conversation(DIRECT).orElseThrow().head().seq()).isEqualTo(1);
    }

    @Test
    void a_client_message_id_is_the_senders_own_in_each_conversation() {
        posted("alice", "m-1", "hello");

        assertThat(posted("bob", "m-1", "hello").duplicate()).isFalse();
        assertThat(post(GROUP, "alice", "m-1", "hello"))
                .isInstanceOfSatisfying(
                        MessagePosted.class,
                        answer -> assertThat(answer.duplicate()).isFalse());
    }

    @Test
    void only_members_post() {
        refused(post(DIRECT, "carol", "m-1", "hello"), Refusal.NOT_A_MEMBER);
        refused(post(Ids.direct("alice", "carol"), "alice", "m-1", "hello"), Refusal.CONVERSATION_UNKNOWN);
    }

    @Test
    void a_removed_member_posts_nothing_new_but_hears_of_what_it_posted() {
        post(GROUP, "carol", "m-1", "hello");
        state.run(new RemoveMember(GROUP, "alice", "carol"));

        refused(post(GROUP, "carol", "m-2", "again"), Refusal.NOT_A_MEMBER);
        assertThat(post(GROUP, "carol", "m-1", "hello"))
                .isInstanceOfSatisfying(
                        MessagePosted.class,
                        answer -> assertThat(answer.duplicate()).isTrue());
    }

    private MessagePosted posted(String senderId, String clientMessageId, String text) {
        return (MessagePosted) post(DIRECT, senderId, clientMessageId, text);
    }

    private ChatAnswer post(String conversationId, String senderId, String clientMessageId, String text) {
        return state.run(new PostMessage(conversationId, senderId, "phone", clientMessageId, text));
    }
}
