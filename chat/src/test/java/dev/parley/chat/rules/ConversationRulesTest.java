package dev.parley.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatAnswer.ConversationOpened;
import dev.parley.chat.ChatCommand.CreateDirect;
import dev.parley.chat.ChatCommand.CreateGroup;
import dev.parley.chat.ChatCommand.PostMessage;
import dev.parley.chat.ChatCommand.RemoveMember;
import dev.parley.chat.ChatCommand.SetBlocked;
import dev.parley.chat.ChatCommand.SetMuted;
import dev.parley.chat.Ids;
import dev.parley.chat.RecordBody;
import dev.parley.chat.Refusal;
import dev.parley.chat.Role;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConversationRulesTest {
    private static final String DIRECT = Ids.direct("alice", "bob");
    private static final String GROUP = Ids.group("alice", "g-1");

    private final ChatState state = new ChatState();

    @Test
    void a_direct_conversation_starts_empty_with_two_members() {
        ChatAnswer answer = state.run(new CreateDirect(DIRECT, "bob", "alice"));

        assertThat(answer).isEqualTo(new ConversationOpened(DIRECT, false));
        assertThat(state.conversation(DIRECT).orElseThrow().head().seq()).isZero();
        assertThat(state.members(DIRECT)).allSatisfy(member -> {
            assertThat(member.role()).isEqualTo(Role.MEMBER);
            assertThat(member.joinedSeq()).isEqualTo(1);
        });
    }

    @Test
    void opening_a_direct_conversation_again_changes_nothing() {
        state.run(new CreateDirect(DIRECT, "alice", "bob"));

        Decision again = state.decide(new CreateDirect(DIRECT, "bob", "alice"));

        assertThat(again.events()).isEmpty();
        assertThat(again.answer()).isEqualTo(new ConversationOpened(DIRECT, true));
    }

    @Test
    void a_direct_conversation_has_two_different_users_and_their_id() {
        refused(state.run(new CreateDirect(Ids.direct("alice", "alice"), "alice", "alice")), Refusal.INVALID_FIELD);
        refused(state.run(new CreateDirect(DIRECT, "alice", "carol")), Refusal.INVALID_FIELD);
    }

    @Test
    void a_group_starts_with_one_record_and_all_its_members() {
        state.run(new CreateGroup(GROUP, "alice", "Friends", List.of("carol", "bob", "alice", "bob")));

        assertThat(state.records(GROUP, 1, 10)).singleElement().satisfies(record -> {
            assertThat(record.senderId()).isEqualTo("alice");
            assertThat(record.ordinal()).isZero();
            assertThat(record.body())
                    .isEqualTo(new RecordBody.MembershipChange(
                            RecordBody.Action.CREATED, "alice", Optional.of(Role.OWNER)));
        });
        assertThat(state.members(GROUP))
                .extracting(member -> member.userId() + " " + member.role() + " " + member.joinedSeq())
                .containsExactly("alice OWNER 1", "bob MEMBER 1", "carol MEMBER 1");
    }

    @Test
    void a_group_asked_for_again_is_the_same_group() {
        state.run(new CreateGroup(GROUP, "alice", "Friends", List.of("bob", "carol")));
        state.run(new RemoveMember(GROUP, "alice", "bob"));

        Decision again = state.decide(new CreateGroup(GROUP, "alice", "Friends", List.of("carol", "bob")));

        assertThat(again.events()).isEmpty();
        assertThat(again.answer()).isEqualTo(new ConversationOpened(GROUP, true));
    }

    @Test
    void a_client_id_names_one_group_only() {
        state.run(new CreateGroup(GROUP, "alice", "Friends", List.of("bob")));

        refused(
                state.run(new CreateGroup(GROUP, "alice", "Foes", List.of("bob"))),
                Refusal.CLIENT_CONVERSATION_ID_REUSED);
        refused(
                state.run(new CreateGroup(GROUP, "alice", "Friends", List.of("carol"))),
                Refusal.CLIENT_CONVERSATION_ID_REUSED);
    }

    @Test
    void a_group_has_at_most_500_members() {
        List<String> others =
                IntStream.range(0, 499).mapToObj(number -> "user-" + number).toList();
        List<String> tooMany =
                IntStream.range(0, 500).mapToObj(number -> "user-" + number).toList();

        assertThat(state.run(new CreateGroup(GROUP, "alice", "All", others)))
                .isEqualTo(new ConversationOpened(GROUP, false));
        refused(state.run(new CreateGroup(Ids.group("alice", "g-2"), "alice", "All", tooMany)), Refusal.TOO_LARGE);
    }

    @Test
    void muting_is_the_members_own_and_happens_once() {
        state.run(new CreateDirect(DIRECT, "alice", "bob"));

        assertThat(state.run(new SetMuted(DIRECT, "alice", true))).isEqualTo(new ChatAnswer.Done());
        assertThat(state.decide(new SetMuted(DIRECT, "alice", true)).events()).isEmpty();
        assertThat(state.member(DIRECT, "alice").orElseThrow().muted()).isTrue();
        assertThat(state.member(DIRECT, "bob").orElseThrow().muted()).isFalse();
        refused(state.run(new SetMuted(DIRECT, "carol", true)), Refusal.NOT_A_MEMBER);
        refused(state.run(new SetMuted(GROUP, "alice", true)), Refusal.CONVERSATION_UNKNOWN);
    }

    @Test
    void a_block_made_before_the_conversation_stops_the_other_side_only() {
        state.run(new SetBlocked(DIRECT, "alice", "bob", true));
        state.run(new CreateDirect(DIRECT, "bob", "alice"));

        refused(state.run(new PostMessage(DIRECT, "bob", "", "m-1", "hello")), Refusal.BLOCKED);
        assertThat(state.run(new PostMessage(DIRECT, "alice", "", "m-1", "hello")))
                .isInstanceOf(ChatAnswer.MessagePosted.class);
    }

    @Test
    void an_unblocked_user_may_post_again() {
        state.run(new CreateDirect(DIRECT, "alice", "bob"));
        state.run(new SetBlocked(DIRECT, "alice", "bob", true));
        assertThat(state.decide(new SetBlocked(DIRECT, "alice", "bob", true)).events())
                .isEmpty();

        state.run(new SetBlocked(DIRECT, "alice", "bob", false));

        assertThat(state.run(new PostMessage(DIRECT, "bob", "", "m-1", "hello")))
                .isInstanceOf(ChatAnswer.MessagePosted.class);
    }

    @Test
    void a_post_that_went_through_before_the_block_is_answered_as_it_was() {
        state.run(new CreateDirect(DIRECT, "alice", "bob"));
        ChatAnswer.MessagePosted first =
                (ChatAnswer.MessagePosted) state.run(new PostMessage(DIRECT, "bob", "", "m-1", "hello"));
        state.run(new SetBlocked(DIRECT, "alice", "bob", true));

        assertThat(state.run(new PostMessage(DIRECT, "bob", "", "m-1", "hello")))
                .isEqualTo(new ChatAnswer.MessagePosted(first.messageId(), 1, first.createdAtMillis(), true));
    }

    @Test
    void only_another_user_and_only_in_the_direct_conversation_can_be_blocked() {
        refused(state.run(new SetBlocked(Ids.direct("alice", "alice"), "alice", "alice", true)), Refusal.INVALID_FIELD);
        refused(state.run(new SetBlocked(GROUP, "alice", "bob", true)), Refusal.INVALID_FIELD);
    }

    static void refused(ChatAnswer answer, Refusal refusal) {
        assertThat(answer).isInstanceOfSatisfying(ChatAnswer.Refused.class, refused -> {
            assertThat(refused.refusal()).isEqualTo(refusal);
            assertThat(refused.detail()).isNotBlank();
        });
    }
}
