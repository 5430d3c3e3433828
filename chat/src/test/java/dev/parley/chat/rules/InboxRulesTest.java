package dev.parley.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.Ids;
import dev.parley.chat.InboxEntry;
import dev.parley.chat.ListedConversation.Mute;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.Changed;
import dev.parley.chat.QueryAnswer.InboxListing;
import dev.parley.chat.QueryAnswer.InboxNews;
import dev.parley.chat.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InboxRulesTest {
    private static final String ONE = Ids.direct("alice", "bob");
    private static final String TWO = Ids.direct("alice", "carol");

    private final ChatState state = new ChatState();

    @Test
    void a_note_that_says_nothing_new_changes_nothing() {
        note(activity("alice", ONE, 5, 2, 100));
        long version = state.inboxVersion("alice");

        note(activity("alice", ONE, 5, 2, 100));
        note(activity("alice", ONE, 4, 1, 99), activity("alice", ONE, 0, 0, 0));

        assertThat(state.inboxVersion("alice")).isEqualTo(version);
    }

    @Test
    void several_notes_about_one_conversation_in_one_command_are_one_change() {
        note(activity("alice", ONE, 5, 0, 100), activity("alice", ONE, 7, 3, 100));

        assertThat(state.inboxVersion("alice")).isEqualTo(1);
        assertThat(state.listed("alice", ONE).orElseThrow().progress().headSeq())
                .isEqualTo(7);
    }

    @Test
    void a_note_before_the_membership_does_not_make_a_member() {
        note(activity("alice", ONE, 1, 0, 100));
        assertThat(state.conversationIds("alice")).isEmpty();

        decide(new ChatCommand.NoteMembership("alice", ONE, 0, true));

        assertThat(state.conversationIds("alice")).containsExactly(ONE);
        assertThat(state.listed("alice", ONE).orElseThrow().progress().headSeq())
                .isEqualTo(1);
    }

    @Test
    void news_name_each_conversation_once_with_the_head_before_its_first_change() {
        decide(new ChatCommand.NoteMembership("alice", ONE, 0, true));
        note(activity("alice", ONE, 3, 0, 100));
        long since = state.inboxVersion("alice");
        note(activity("alice", ONE, 4, 0, 101));
        note(activity("alice", TWO, 9, 0, 102));
        note(activity("alice", ONE, 8, 0, 103));

        InboxNews news = (InboxNews) since("alice", since, 10);
        assertThat(news.changed())
                .containsExactly(
                        new Changed(ONE, 3, state.listed("alice", ONE).orElseThrow()),
                        new Changed(TWO, 0, state.listed("alice", TWO).orElseThrow()));
        assertThat(news.changed())
                .extracting(changed -> changed.listed().member())
                .containsExactly(true, false);
        assertThat(news.throughVersion()).isEqualTo(since + 3).isEqualTo(news.inboxVersion());
    }

    @Test
    void news_come_in_pages_that_miss_nothing() {
        note(activity("alice", ONE, 1, 0, 100));
        note(activity("alice", ONE, 2, 0, 101));
        note(activity("alice", TWO, 1, 0, 102));

        InboxNews first = (InboxNews) since("alice", 0, 1);
        InboxNews second = (InboxNews) since("alice", first.throughVersion(), 1);

        assertThat(first.changed()).extracting(Changed::conversationId).containsExactly(ONE);
        assertThat(first.throughVersion()).isEqualTo(2);
        assertThat(second.changed()).extracting(Changed::conversationId).containsExactly(TWO);
        assertThat(second.throughVersion()).isEqualTo(second.inboxVersion());
    }

    @Test
    void a_version_that_the_list_never_had_is_not_resumed() {
        note(activity("alice", ONE, 1, 0, 100));

        assertThat(since("alice", 2, 10)).isEqualTo(new InboxNews(false, List.of(), 1, 1));
        assertThat(since("alice", 1, 10)).isEqualTo(new InboxNews(true, List.of(), 1, 1));
        assertThat(since("nobody", 0, 10)).isEqualTo(new InboxNews(true, List.of(), 0, 0));
    }

    @Test
    void bad_fields_are_refused_by_name() {
        assertThat(decide(new ChatCommand.NoteActivity(0, List.of(activity("no user", ONE, 1, 0, 1)))))
                .isInstanceOfSatisfying(
                        ChatAnswer.Refused.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(Refusal.INVALID_FIELD));
        assertThat(decide(new ChatCommand.NoteActivity(0, List.of(activity("alice", ONE, -1, 0, 1)))))
                .isInstanceOfSatisfying(
                        ChatAnswer.Refused.class,
                        refused -> assertThat(refused.detail()).startsWith("headSeq"));
        assertThat(since("alice", 0, 0))
                .isInstanceOfSatisfying(
                        QueryAnswer.Refused.class,
                        refused -> assertThat(refused.detail()).startsWith("limit"));
    }

    @Test
    void the_list_counts_what_was_sent_by_others_and_not_read() {
        decide(new ChatCommand.NoteMembership("alice", ONE, 0, true));
        decide(new ChatCommand.NoteMembership("alice", TWO, 0, true));
        note(activity("alice", ONE, 5, 2, 100), activity("alice", TWO, 4, 0, 90));
        assertThat(state.inboxUnread("alice")).isEqualTo(3 + 4);

        note(activity("alice", TWO, 0, 4, 0));
        assertThat(state.inboxUnread("alice")).isEqualTo(3);

        decide(new ChatCommand.NoteMembership("alice", ONE, 6, false));
        assertThat(state.inboxUnread("alice")).isZero();
    }

    @Test
    void an_older_word_about_muting_does_not_override_a_newer_one() {
        note(muted(true, 7));
        note(muted(false, 6));
        assertThat(state.listed("alice", ONE).orElseThrow().mute()).isEqualTo(new Mute(true, 7));

        note(muted(true, 8), muted(false, 9));
        assertThat(state.listed("alice", ONE).orElseThrow().mute()).isEqualTo(new Mute(false, 9));
    }

    @Test
    void a_mention_counts_until_it_is_read() {
        decide(new ChatCommand.NoteMembership("alice", ONE, 0, true));
        note(new Activity("alice", ONE, new Progress(5, 5, 0, 0, 100, 4), Optional.empty(), 1));
        assertThat(state.listed("alice", ONE).orElseThrow().mentioned()).isTrue();

        note(activity("alice", ONE, 0, 4, 0));
        assertThat(state.listed("alice", ONE).orElseThrow().mentioned()).isFalse();
    }

    @Test
    void the_list_comes_in_pages_with_the_newest_activity_first() {
        List<String> others = List.of("b", "c", "d", "e", "f");
        long at = 100;
        for (String other : others) {
            decide(new ChatCommand.NoteMembership("alice", Ids.direct("alice", other), 0, true));
            note(activity("alice", Ids.direct("alice", other), 1, 0, at++));
        }
        List<String> read = new ArrayList<>();
        Optional<InboxEntry.Place> after = Optional.empty();
        boolean more = true;
        while (more) {
            InboxListing page = (InboxListing) ChatReader.answer(state, new ChatQuery.InboxPage("alice", after, 2));
            page.entries().forEach(entry -> read.add(entry.conversationId()));
            after = Optional.of(page.entries().getLast().place());
            more = page.more();
        }

        assertThat(read)
                .isEqualTo(others.reversed().stream()
                        .map(other -> Ids.direct("alice", other))
                        .toList());
    }

    private static Activity muted(boolean muted, long number) {
        return new Activity("alice", ONE, Progress.NONE, Optional.of(muted), number);
    }

    /// In a conversation where every record is a message.
    private static Activity activity(String userId, String conversationId, long headSeq, long readSeq, long at) {
        return new Activity(
                userId, conversationId, new Progress(headSeq, headSeq, readSeq, readSeq, at, 0), Optional.empty(), 1);
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
