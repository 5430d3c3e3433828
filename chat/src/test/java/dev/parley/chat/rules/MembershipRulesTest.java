package dev.parley.chat.rules;

import static dev.parley.chat.rules.ConversationRulesTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatAnswer.MembersChanged;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatCommand.AddMember;
import dev.parley.chat.ChatCommand.AdvanceMembershipCheckpoint;
import dev.parley.chat.ChatCommand.CreateDirect;
import dev.parley.chat.ChatCommand.CreateGroup;
import dev.parley.chat.ChatCommand.PostMessage;
import dev.parley.chat.ChatCommand.RemoveMember;
import dev.parley.chat.Ids;
import dev.parley.chat.RecordBody;
import dev.parley.chat.RecordBody.Action;
import dev.parley.chat.RecordBody.MembershipChange;
import dev.parley.chat.Refusal;
import dev.parley.chat.Role;
import dev.parley.chat.view.Member;
import dev.parley.chat.view.Member.Position;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MembershipRulesTest {
    private static final String DIRECT = Ids.direct("owner", "member");
    private static final String GROUP = Ids.group("owner", "g-1");

    private final ChatState state = new ChatState();

    /// A group of `owner`, `admin`, `admin2`, `member` and `member2`, and a direct conversation.
    MembershipRulesTest() {
        state.run(new CreateDirect(DIRECT, "owner", "member"));
        state.run(new CreateGroup(GROUP, "owner", "Friends", List.of("admin", "admin2", "member", "member2")));
        state.run(add("owner", "admin", Role.ADMIN));
        state.run(add("owner", "admin2", Role.ADMIN));
    }

    static Stream<ChatCommand> allowed() {
        return Stream.of(
                add("owner", "new", Role.MEMBER),
                add("owner", "new", Role.OWNER),
                add("admin", "new", Role.MEMBER),
                add("owner", "member", Role.ADMIN),
                add("owner", "admin", Role.MEMBER),
                remove("owner", "member"),
                remove("owner", "admin"),
                remove("admin", "member"),
                remove("admin", "admin"),
                remove("member", "member"));
    }

    @ParameterizedTest
    @MethodSource("allowed")
    void what_a_role_allows_makes_one_record(ChatCommand command) {
        assertThat(state.run(command)).isEqualTo(new MembersChanged(4));
        assertThat(head()).isEqualTo(4);
    }

    static Stream<ChatCommand> forbidden() {
        return Stream.of(
                add("member", "new", Role.MEMBER),
                add("member", "member2", Role.MEMBER),
                add("admin", "new", Role.ADMIN),
                add("admin", "new", Role.OWNER),
                add("admin", "member", Role.ADMIN),
                add("admin", "admin2", Role.MEMBER),
                add("owner", "owner", Role.MEMBER),
                remove("member", "member2"),
                remove("member", "stranger"),
                remove("admin", "admin2"),
                remove("admin", "owner"),
                new AddMember(DIRECT, "owner", "new", Role.MEMBER),
                new RemoveMember(DIRECT, "owner", "member"),
                new RemoveMember(DIRECT, "member", "member"));
    }

    @ParameterizedTest
    @MethodSource("forbidden")
    void what_a_role_does_not_allow_is_refused(ChatCommand command) {
        refused(state.run(command), Refusal.ROLE_REQUIRED);
        assertThat(head()).isEqualTo(3);
    }

    static Stream<ChatCommand> nothingToDo() {
        return Stream.of(
                add("owner", "member", Role.MEMBER),
                add("admin", "admin2", Role.ADMIN),
                remove("owner", "stranger"),
                remove("admin", "stranger"));
    }

    @ParameterizedTest
    @MethodSource("nothingToDo")
    void what_is_so_already_makes_no_record(ChatCommand command) {
        assertThat(state.decide(command).events()).isEmpty();
        assertThat(state.run(command)).isEqualTo(new MembersChanged(3));
    }

    @Test
    void strangers_and_unknown_conversations_are_told_apart() {
        refused(state.run(add("stranger", "new", Role.MEMBER)), Refusal.NOT_A_MEMBER);
        refused(state.run(remove("stranger", "member")), Refusal.NOT_A_MEMBER);
        refused(state.run(new AddMember(DIRECT, "stranger", "new", Role.MEMBER)), Refusal.NOT_A_MEMBER);
        String unknown = Ids.group("owner", "g-2");
        refused(state.run(new AddMember(unknown, "owner", "new", Role.MEMBER)), Refusal.CONVERSATION_UNKNOWN);
        refused(state.run(new RemoveMember(unknown, "owner", "new")), Refusal.CONVERSATION_UNKNOWN);
    }

    @Test
    void each_change_says_who_did_what_to_whom() {
        state.run(add("admin", "new", Role.MEMBER));
        state.run(add("owner", "new", Role.ADMIN));
        state.run(remove("owner", "new"));
        state.run(remove("member", "member"));

        assertThat(state.records(GROUP, 4, 7))
                .extracting(record -> record.senderId() + ": " + said(record.body()))
                .containsExactly(
                        "admin: ADDED new Optional[MEMBER]",
                        "owner: ROLE_CHANGED new Optional[ADMIN]",
                        "owner: REMOVED new Optional.empty",
                        "member: LEFT member Optional.empty");
    }

    @Test
    void a_new_member_starts_with_its_own_record_and_nothing_unread() {
        state.run(new PostMessage(GROUP, "owner", "", "m-1", "before"));

        state.run(add("owner", "new", Role.MEMBER));

        assertThat(state.member(GROUP, "new"))
                .contains(new Member("new", Role.MEMBER, 5, new Position(4, 1), 4, 4, false, List.of()));
    }

    @Test
    void a_member_added_again_joins_anew() {
        state.run(add("owner", "new", Role.MEMBER));
        state.run(remove("owner", "new"));

        state.run(add("owner", "new", Role.MEMBER));

        assertThat(state.member(GROUP, "new").orElseThrow().joinedSeq()).isEqualTo(6);
    }

    @Test
    void the_501st_member_is_refused() {
        String full = Ids.group("owner", "full");
        state.run(new CreateGroup(
                full,
                "owner",
                "All",
                IntStream.range(0, 499).mapToObj(number -> "u" + number).toList()));

        refused(state.run(new AddMember(full, "owner", "new", Role.MEMBER)), Refusal.TOO_LARGE);
        state.run(new RemoveMember(full, "owner", "u7"));
        assertThat(state.run(new AddMember(full, "owner", "new", Role.MEMBER))).isEqualTo(new MembersChanged(3));
    }

    @Test
    void when_the_last_owner_leaves_the_longest_standing_admin_inherits() {
        state.run(remove("owner", "admin"));
        state.run(add("owner", "admin", Role.ADMIN));

        ChatAnswer left = state.run(remove("owner", "owner"));

        assertThat(left).isEqualTo(new MembersChanged(6));
        assertThat(state.records(GROUP, 7, 7).getFirst().body())
                .isEqualTo(new MembershipChange(Action.ROLE_CHANGED, "admin2", Optional.of(Role.OWNER)));
        assertThat(state.member(GROUP, "admin2").orElseThrow().role()).isEqualTo(Role.OWNER);
    }

    @Test
    void without_admins_the_longest_standing_member_inherits() {
        state.run(remove("owner", "admin"));
        state.run(remove("owner", "admin2"));
        state.run(remove("owner", "member"));
        state.run(add("owner", "member", Role.MEMBER));

        state.run(remove("owner", "owner"));

        assertThat(state.member(GROUP, "member2").orElseThrow().role()).isEqualTo(Role.OWNER);
        assertThat(state.member(GROUP, "member").orElseThrow().role()).isEqualTo(Role.MEMBER);
    }

    @Test
    void one_of_two_owners_leaves_without_an_heir() {
        state.run(add("owner", "admin", Role.OWNER));

        state.run(remove("owner", "owner"));

        assertThat(head()).isEqualTo(5);
        assertThat(state.conversation(GROUP).orElseThrow().census().owners()).isEqualTo(1);
    }

    @Test
    void the_last_member_may_leave_an_empty_group() {
        String alone = Ids.group("owner", "alone");
        state.run(new CreateGroup(alone, "owner", "Alone", List.of()));

        assertThat(state.run(new RemoveMember(alone, "owner", "owner"))).isEqualTo(new MembersChanged(2));
        assertThat(state.members(alone)).isEmpty();
        refused(state.run(new PostMessage(alone, "owner", "", "m-1", "anyone?")), Refusal.NOT_A_MEMBER);
    }

    @Test
    void the_checkpoint_never_goes_back_nor_past_the_last_change() {
        long last = state.membershipProgress().last();

        assertThat(state.run(new AdvanceMembershipCheckpoint(0, last))).isEqualTo(new ChatAnswer.Done());
        assertThat(state.decide(new AdvanceMembershipCheckpoint(0, last - 1)).events())
                .isEmpty();
        assertThat(state.membershipProgress().notedThrough()).isEqualTo(last);
        refused(state.run(new AdvanceMembershipCheckpoint(0, last + 1)), Refusal.INVALID_FIELD);
    }

    private long head() {
        return state.conversation(GROUP).orElseThrow().head().seq();
    }

    private static String said(RecordBody body) {
        MembershipChange change = (MembershipChange) body;
        return "%s %s %s".formatted(change.action(), change.userId(), change.role());
    }

    private static AddMember add(String actorId, String memberId, Role role) {
        return new AddMember(GROUP, actorId, memberId, role);
    }

    private static RemoveMember remove(String actorId, String memberId) {
        return new RemoveMember(GROUP, actorId, memberId);
    }
}
