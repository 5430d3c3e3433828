package dev.parley.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.Ids;
import dev.parley.chat.Refusal;
import dev.parley.chat.Role;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldRulesTest {
    private static final String DIRECT = Ids.direct("alice", "bob");

    static Stream<Arguments> badCommands() {
        String tooLong = "x".repeat(ChatLimits.CLIENT_ID_LENGTH_MAX + 1);
        return Stream.of(
                bad(Refusal.CONVERSATION_UNKNOWN, post("c_nonsense", "alice", "m-1", "x")),
                bad(Refusal.CONVERSATION_UNKNOWN, post("../../etc\0", "alice", "m-1", "x")),
                bad(Refusal.INVALID_FIELD, post(DIRECT, "al ice", "m-1", "x")),
                bad(Refusal.INVALID_FIELD, post(DIRECT, "alice", "", "x")),
                bad(Refusal.INVALID_FIELD, post(DIRECT, "alice", tooLong, "x")),
                bad(Refusal.INVALID_FIELD, post(DIRECT, "alice", "m\0", "x")),
                bad(Refusal.INVALID_FIELD, post(DIRECT, "alice", "m\ud800", "x")),
                bad(Refusal.INVALID_FIELD, post(DIRECT, "alice", "m-1", "")),
                bad(Refusal.INVALID_FIELD, post(DIRECT, "alice", "m-1", "\udc00\ud800")),
                bad(Refusal.TOO_LARGE, post(DIRECT, "alice", "m-1", "x".repeat(4_097))),
                bad(Refusal.TOO_LARGE, post(DIRECT, "alice", "m-1", "👋".repeat(1_024) + "x")),
                bad(Refusal.INVALID_FIELD, new ChatCommand.PostMessage(DIRECT, "alice", "pho\nne", "m-1", "x")),
                bad(Refusal.INVALID_FIELD, new ChatCommand.CreateDirect(DIRECT, "alice", "")),
                bad(Refusal.INVALID_FIELD, group("", "bob")),
                bad(Refusal.INVALID_FIELD, group("two\nlines", "bob")),
                bad(Refusal.INVALID_FIELD, group("half \ud83d", "bob")),
                bad(Refusal.TOO_LARGE, group("ä".repeat(129), "bob")),
                bad(Refusal.INVALID_FIELD, group("Friends", "bob", "no such name")),
                bad(Refusal.INVALID_FIELD, new ChatCommand.AddMember(DIRECT, "alice", "x\0", Role.MEMBER)),
                bad(Refusal.INVALID_FIELD, new ChatCommand.RemoveMember(DIRECT, "alice", "")),
                bad(Refusal.INVALID_FIELD, new ChatCommand.AdvanceRead(DIRECT, "alice", -1)),
                bad(Refusal.INVALID_FIELD, new ChatCommand.AdvanceDelivered(DIRECT, "alice", Long.MIN_VALUE)),
                bad(Refusal.INVALID_FIELD, new ChatCommand.AdvanceDelivered(DIRECT, "alice", tooLong, 1)),
                bad(Refusal.INVALID_FIELD, new ChatCommand.SetMuted(DIRECT, "", true)),
                bad(Refusal.INVALID_FIELD, new ChatCommand.SetBlocked(DIRECT, "alice", "b ob", true)),
                bad(Refusal.INVALID_FIELD, new ChatCommand.CreateUser("x".repeat(65))),
                bad(Refusal.INVALID_FIELD, new ChatCommand.RegisterDevice("alice", "", "ios")),
                bad(Refusal.INVALID_FIELD, new ChatCommand.RegisterDevice("alice", "phone", "fridge")),
                bad(Refusal.INVALID_FIELD, new ChatCommand.RevokeDevice("alice", tooLong)),
                bad(Refusal.CONVERSATION_UNKNOWN, new ChatCommand.NoteMembership("alice", "c", 1, true)),
                bad(Refusal.INVALID_FIELD, new ChatCommand.NoteMembership("alice", DIRECT, -1, true)),
                bad(Refusal.INVALID_FIELD, new ChatCommand.NoteBlocked("alice", "", true)),
                bad(Refusal.INVALID_FIELD, new ChatCommand.AdvanceMembershipCheckpoint(0, -1)));
    }

    @ParameterizedTest
    @MethodSource("badCommands")
    void a_bad_field_is_refused_with_or_without_state(Refusal refusal, ChatCommand command) {
        assertThat(FieldRules.check(command))
                .hasValueSatisfying(refused -> assertThat(refused.refusal()).isEqualTo(refusal));
        assertThat(new ChatState().decide(command)).isInstanceOfSatisfying(Decision.Refused.class, refused -> {
            assertThat(refused.answer().refusal()).isEqualTo(refusal);
            assertThat(refused.events()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", " ", "\n", "שלום", "👋🏽", "a\0b"})
    void any_unicode_text_is_a_text(String text) {
        assertThat(FieldRules.text(text)).isEmpty();
    }

    @Test
    void a_text_may_have_4096_bytes_whatever_its_script() {
        for (String unit : List.of("x", "é", "ह", "👋")) {
            int bytes = unit.getBytes(StandardCharsets.UTF_8).length;
            String full = unit.repeat(4_096 / bytes) + "x".repeat(4_096 % bytes);

            assertThat(FieldRules.text(full)).isEmpty();
            assertThat(FieldRules.text(full + "x"))
                    .hasValueSatisfying(refused -> assertThat(refused)
                            .isEqualTo(new ChatAnswer.Refused(
                                    Refusal.TOO_LARGE, "text must have at most 4096 bytes, not 4097")));
        }
    }

    private static Arguments bad(Refusal refusal, ChatCommand command) {
        return Arguments.of(refusal, command);
    }

    private static ChatCommand post(String conversationId, String senderId, String clientMessageId, String text) {
        return new ChatCommand.PostMessage(conversationId, senderId, "phone", clientMessageId, text);
    }

    private static ChatCommand group(String title, String... members) {
        return new ChatCommand.CreateGroup(Ids.group("alice", "g"), "alice", title, List.of(members));
    }
}
