package dev.parley.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.Ids;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.Changed;
import dev.parley.chat.QueryAnswer.InboxNews;
import dev.parley.chat.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxRulesTest {
    private static final String ONE = Ids.direct("alice", "bob");
    private static final String TWO = Ids.direct("alice", "carol");

    private final ChatState state = new ChatState();

    @Test
    void a_note_that_says_nothing_new_changes_nothing() {
        note(new Activity("alice", ONE, 5, 2, 100));
        long version = state.inboxVersion("alice");

        note(new Activity("alice", ONE, 5, 2, 100));
        note(new Activity("alice", ONE, 4, 1, 99), new Activity("alice", ONE, 0, 0, 0));

        assertThat(state.inboxVersion("alice")).isEqualTo(version);
    }

    @Test
    void several_notes_about_one_conversation_in_one_command_are_one_change() {
        note(new Activity("alice", ONE, 5, 0, 100), new Activity("alice", ONE, 7, 3, 100));

        assertThat(state.inboxVersion("alice")).isEqualTo(1);
        assertThat(state.listed("alice", ONE).orElseThrow().progress().headSeq())
                .isEqualTo(7);
    }

    @Test
    void a_note_before_the_membership_does_not_make_a_member() {
        note(new Activity("alice", ONE, 1, 0, 100));
        assertThat(state.conversationIds("alice")).isEmpty();

        decide(new ChatCommand.NoteMembership("alice", ONE, 0, true));

        assertThat(state.conversationIds("alice")).containsExactly(ONE);
        assertThat(state.listed("alice", ONE).orElseThrow().progress().headSeq())
                .isEqualTo(1);
    }

    @Test
    void news_name_each_conversation_once_with_the_head_before_its_first_change() {
        decide(new ChatCommand.NoteMembership("alice", ONE, 0, true));
        note(new Activity("alice", ONE, 3, 0, 100));
        long since = state.inboxVersion("alice");
        note(new Activity("alice", ONE, 4, 0, 101));
        note(new Activity("alice", TWO, 9, 0, 102));
        note(new Activity("alice", ONE, 8, 0, 103));

        assertThat(since("alice", since, 10))
                .isEqualTo(new InboxNews(
                        true, List.of(new Changed(ONE, 3, true), new Changed(TWO, 0, false)), since + 3, since + 3));
    }

    @Test
    void news_come_in_pages_that_miss_nothing() {
        note(new Activity("alice", ONE, 1, 0, 100));
        note(new Activity("alice", ONE, 2, 0, 101));
        note(new Activity("alice", TWO, 1, 0, 102));

        InboxNews first = (InboxNews) since("alice", 0, 1);
        InboxNews second = (InboxNews) since("alice", first.throughVersion(), 1);

        assertThat(first.changed()).extracting(Changed::conversationId).containsExactly(ONE);
        assertThat(first.throughVersion()).isEqualTo(2);
        assertThat(second.changed()).extracting(Changed::conversationId).containsExactly(TWO);
        assertThat(second.throughVersion()).isEqualTo(second.inboxVersion());
    }

    @Test
    void a_version_that_the_list_never_had_is_not_resumed() {
        note(new Activity("alice", ONE, 1, 0, 100));

        assertThat(since("alice", 2, 10)).isEqualTo(new InboxNews(false, List.of(), 1, 1));
        assertThat(since("alice", 1, 10)).isEqualTo(new InboxNews(true, List.of(), 1, 1));
        assertThat(since("nobody", 0, 10)).isEqualTo(new InboxNews(true, List.of(), 0, 0));
    }

    @Test
    void bad_fields_are_refused_by_name() {
        assertThat(decide(new ChatCommand.NoteActivity(0, List.of(new Activity("no user", ONE, 1, 0, 1)))))
                .isInstanceOfSatisfying(
                        ChatAnswer.Refused.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(Refusal.INVALID_FIELD));
        assertThat(decide(new ChatCommand.NoteActivity(0, List.of(new Activity("alice", ONE, -1, 0, 1)))))
                .isInstanceOfSatisfying(
                        ChatAnswer.Refused.class,
                        refused -> assertThat(refused.detail()).startsWith("headSeq"));
        assertThat(since("alice", 0, 0))
                .isInstanceOfSatisfying(
                        QueryAnswer.Refused.class,
                        refused -> assertThat(refused.detail()).startsWith("limit"));
    }

    private void note(Activity... activities) {
        assertThat(decide(new ChatCommand.NoteActivity(0, List.of(activities)))).isEqualTo(new ChatAnswer.Done());
    }

    private ChatAnswer decide(ChatCommand command) {
        return state.run(command);
    }

    private QueryAnswer since(String userId, long since, int limit) {
        return ChatReader.answer(state, new ChatQuery.InboxSince(userId, since, limit));
    }
}
