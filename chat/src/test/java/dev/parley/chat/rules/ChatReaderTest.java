package dev.parley.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.ChatCommand.AddMember;
import dev.parley.chat.ChatCommand.AdvanceRead;
import dev.parley.chat.ChatCommand.CreateDirect;
import dev.parley.chat.ChatCommand.CreateGroup;
import dev.parley.chat.ChatCommand.NoteMembership;
import dev.parley.chat.ChatCommand.PostMessage;
import dev.parley.chat.ChatCommand.RegisterDevice;
import dev.parley.chat.ChatCommand.RemoveMember;
import dev.parley.chat.ChatCommand.SetMuted;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.ConversationKind;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.Ids;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.chat.QueryAnswer.DeviceState;
import dev.parley.chat.QueryAnswer.MemberList;
import dev.parley.chat.QueryAnswer.MemberState;
import dev.parley.chat.QueryAnswer.Page;
import dev.parley.chat.QueryAnswer.Refused;
import dev.parley.chat.QueryAnswer.Summary;
import dev.parley.chat.QueryAnswer.SummaryList;
import dev.parley.chat.Refusal;
import dev.parley.chat.Role;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ChatReaderTest {
    private static final String DIRECT = Ids.direct("alice", "bob");
    private static final String GROUP = Ids.group("alice", "g-1");

    private final ChatState state = new ChatState();

    /// Group records: 1 created, 2 to 4 messages of alice, 5 carol added, 6 message of bob.
    ChatReaderTest() {
        state.run(new CreateDirect(DIRECT, "alice", "bob"));
        state.run(new CreateGroup(GROUP, "alice", "Friends", List.of("bob")));
        for (int message = 1; message <= 3; message++) {
            state.run(new PostMessage(GROUP, "alice", "", "m-" + message, "text " + message));
        }
        state.run(new AddMember(GROUP, "alice", "carol", Role.MEMBER));
        state.run(new PostMessage(GROUP, "bob", "", "m-1", "text 4"));
    }

    @ParameterizedTest
    @CsvSource({
        "bob,   0, 50, 1 2 3 4 5 6, false",
        "bob,   0,  2, 1 2,         true",
        "bob,   4,  2, 5 6,         false",
        "bob,   6, 50, '',          false",
        "bob, 999, 50, '',          false",
        "carol, 0, 50, 5 6,         false",
        "carol, 0,  1, 5,           true"
    })
    void a_page_after_a_record_is_dense_and_starts_where_the_member_joined(
            String caller, long afterSeq, int limit, String seqs, boolean more) {
        Page page = (Page) ask(new ChatQuery.PageAfter(GROUP, caller, afterSeq, limit));

        assertThat(seqs(page)).isEqualTo(seqs);
        assertThat(page.more()).isEqualTo(more);
    }

    @ParameterizedTest
    @CsvSource({
        "bob,   7,  2, 5 6,         true",
        "bob, 999, 50, 1 2 3 4 5 6, false",
        "bob,   4,  2, 2 3,         true",
        "bob,   3,  2, 1 2,         false",
        "bob,   1, 50, '',          false",
        "bob,   0, 50, '',          false",
        "carol, 6, 50, 5,           false",
        "carol, 5, 50, '',          false"
    })
    void a_page_before_a_record_holds_the_nearest_oldest_first(
            String caller, long beforeSeq, int limit, String seqs, boolean more) {
        Page page = (Page) ask(new ChatQuery.PageBefore(GROUP, caller, beforeSeq, limit));

        assertThat(seqs(page)).isEqualTo(seqs);
        assertThat(page.more()).isEqualTo(more);
    }

    @ParameterizedTest
    @CsvSource({"bob, 0, 2, 2", "bob, 5, 2, 6", "bob, 6, 50, 6", "bob, 999, 50, 6", "carol, 0, 1, 5"})
    void a_page_after_a_record_says_where_it_ends_which_is_never_past_the_head(
            String caller, long afterSeq, int limit, long throughSeq) {
        Page page = (Page) ask(new ChatQuery.PageAfter(GROUP, caller, afterSeq, limit));

        assertThat(page.throughSeq()).isEqualTo(throughSeq);
    }

    @ParameterizedTest
    @CsvSource({"bob, 7, 2, 6", "bob, 999, 50, 6", "bob, 1, 50, 0", "bob, 0, 50, 0", "carol, 5, 50, 4"})
    void a_page_before_a_record_says_where_it_ends_which_is_never_past_the_head(
            String caller, long beforeSeq, int limit, long throughSeq) {
        Page page = (Page) ask(new ChatQuery.PageBefore(GROUP, caller, beforeSeq, limit));

        assertThat(page.throughSeq()).isEqualTo(throughSeq);
    }

    @Test
    void a_page_of_an_empty_conversation_is_empty() {
        assertThat(ask(new ChatQuery.PageAfter(DIRECT, "alice", 0, 50))).isEqualTo(new Page(List.of(), 0, false));
        assertThat(ask(new ChatQuery.PageBefore(DIRECT, "alice", 50, 50))).isEqualTo(new Page(List.of(), 0, false));
    }

    static Stream<Arguments> refusedQueries() {
        String unknown = Ids.group("alice", "g-2");
        return Stream.of(
                Arguments.of(Refusal.NOT_A_MEMBER, new ChatQuery.PageAfter(GROUP, "mallory", 0, 50)),
                Arguments.of(Refusal.NOT_A_MEMBER, new ChatQuery.PageAfter(GROUP, "mall\0ory", 0, 50)),
                Arguments.of(Refusal.NOT_A_MEMBER, new ChatQuery.PageBefore(GROUP, "mallory", 9, 50)),
                Arguments.of(Refusal.NOT_A_MEMBER, new ChatQuery.Members(GROUP, "mallory")),
                Arguments.of(Refusal.CONVERSATION_UNKNOWN, new ChatQuery.PageAfter(unknown, "alice", 0, 50)),
                Arguments.of(Refusal.CONVERSATION_UNKNOWN, new ChatQuery.PageAfter("c\0d", "alice", 0, 50)),
                Arguments.of(Refusal.CONVERSATION_UNKNOWN, new ChatQuery.PageBefore(unknown, "alice", 9, 50)),
                Arguments.of(Refusal.CONVERSATION_UNKNOWN, new ChatQuery.Members(unknown, "alice")),
                Arguments.of(Refusal.INVALID_FIELD, new ChatQuery.PageAfter(GROUP, "alice", -1, 50)),
                Arguments.of(Refusal.INVALID_FIELD, new ChatQuery.PageAfter(GROUP, "alice", 0, 0)),
                Arguments.of(Refusal.INVALID_FIELD, new ChatQuery.PageAfter(GROUP, "alice", 0, 201)),
                Arguments.of(Refusal.INVALID_FIELD, new ChatQuery.PageBefore(GROUP, "alice", Long.MIN_VALUE, 50)),
                Arguments.of(Refusal.INVALID_FIELD, new ChatQuery.PageBefore(GROUP, "alice", 1, Integer.MAX_VALUE)),
                Arguments.of(
                        Refusal.INVALID_FIELD,
                        new ChatQuery.Summaries(Collections.nCopies(ChatLimits.SUMMARIES_MAX + 1, GROUP), "alice")));
    }

    @ParameterizedTest
    @MethodSource("refusedQueries")
    void a_query_that_may_not_be_answered_is_refused(Refusal refusal, ChatQuery query) {
        assertThat(ask(query))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.refusal()).isEqualTo(refusal));
    }

    @Test
    void a_removed_member_sees_nothing_more() {
        state.run(new RemoveMember(GROUP, "alice", "bob"));

        assertThat(ask(new ChatQuery.PageAfter(GROUP, "bob", 0, 50)))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.refusal()).isEqualTo(Refusal.NOT_A_MEMBER));
        assertThat(ask(new ChatQuery.Summaries(List.of(GROUP), "bob"))).isEqualTo(new SummaryList(List.of()));
    }

    @Test
    void members_are_listed_with_their_positions() {
        state.run(new AdvanceRead(GROUP, "carol", 5));

        assertThat(ask(new ChatQuery.Members(GROUP, "carol")))
                .isEqualTo(new MemberList(List.of(
                        new MemberState("alice", Role.OWNER, 1, 4, 4),
                        new MemberState("bob", Role.MEMBER, 1, 6, 6),
                        new MemberState("carol", Role.MEMBER, 5, 5, 5))));
    }

    @Test
    void a_summary_counts_what_others_wrote_after_the_read_position() {
        state.run(new SetMuted(GROUP, "carol", true));

        Summary alice = summary("alice");
        Summary bob = summary("bob");
        Summary carol = summary("carol");

        assertThat(alice.unread()).isEqualTo(1);
        assertThat(bob.unread()).isZero();
        assertThat(carol.unread()).isEqualTo(1);
        assertThat(carol.title()).contains("Friends");
        assertThat(carol.muted()).isTrue();
        assertThat(carol.headSeq()).isEqualTo(6);
        assertThat(carol.lastMessage().orElseThrow().seq()).isEqualTo(6);
    }

    @Test
    void a_preview_never_shows_a_message_from_before_the_join() {
        state.run(new AddMember(GROUP, "alice", "dave", Role.MEMBER));

        assertThat(summary("dave").lastMessage()).isEmpty();
        assertThat(summary("dave").unread()).isZero();
    }

    @Test
    void summaries_leave_out_what_the_user_is_not_in() {
        SummaryList answer = (SummaryList)
                ask(new ChatQuery.Summaries(List.of(DIRECT, GROUP, Ids.group("x", "y"), "nonsense"), "alice"));

        assertThat(answer.summaries()).extracting(Summary::conversationId).containsExactly(DIRECT, GROUP);
        Summary direct = answer.summaries().getFirst();
        assertThat(direct.kind()).isEqualTo(ConversationKind.DIRECT);
        assertThat(direct.otherId()).contains("bob");
        assertThat(direct.title()).isEmpty();
        assertThat(direct.lastMessage()).isEqualTo(Optional.empty());
    }

    @Test
    void an_account_is_read_whole() {
        state.run(new RegisterDevice("alice", "phone", "ios"));
        state.run(new NoteMembership("alice", GROUP, 1, true));
        long createdAt = state.account("alice").orElseThrow().createdAtMillis();

        assertThat(ask(new ChatQuery.Account("alice")))
                .isEqualTo(new AccountState(
                        true,
                        createdAt,
                        1,
                        List.of(new DeviceState("phone", "ios", 1, createdAt, false)),
                        List.of(),
                        List.of(GROUP),
                        AccountSettings.DEFAULT));
    }

    @Test
    void an_account_that_does_not_exist_is_empty() {
        state.run(new NoteMembership("nobody", GROUP, 1, true));

        for (String userId : List.of("nobody", "no\0body")) {
            assertThat(ask(new ChatQuery.Account(userId)))
                    .isEqualTo(new AccountState(false, 0, 0, List.of(), List.of(), List.of(), AccountSettings.DEFAULT));
        }
    }

    private Summary summary(String userId) {
        return ((SummaryList) ask(new ChatQuery.Summaries(List.of(GROUP), userId)))
                .summaries()
                .getFirst();
    }

    private QueryAnswer ask(ChatQuery query) {
        return ChatReader.answer(state, query);
    }

    private static String seqs(Page page) {
        return page.records().stream()
                .map(ConversationRecord::seq)
                .map(String::valueOf)
                .reduce("", (line, seq) -> line.isEmpty() ? seq : line + " " + seq);
    }
}
