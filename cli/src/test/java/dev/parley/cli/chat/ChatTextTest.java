package dev.parley.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChatTextTest {

    private final ChatText text = new ChatText("alice", ChatText.Style.PLAIN);

    private String shown(String senderId, MessageBody body) {
        return text.record(new Message("m_1", "c_1", 1, senderId, Instant.EPOCH, body))
                .substring("00:00 ".length());
    }

    @Test
    void a_message_is_one_line_whatever_is_in_it() {
        assertThat(shown("bob", new MessageBody.Text("hi\n\u001b[31mred"))).isEqualTo("bob: \u2068hi [31mred\u2069");
    }

    @Test
    void a_right_to_left_message_cannot_turn_its_line_around() {
        assertThat(shown("bob", new MessageBody.Text("שלום"))).isEqualTo("bob: \u2068שלום\u2069");
    }

    @Test
    void changes_of_the_members_are_told_in_words() {
        assertThat(shown("bob", new MessageBody.Membership("added", "carol", Optional.of("member"))))
                .isEqualTo("-- bob added carol");
        assertThat(shown("bob", new MessageBody.Membership("left", "bob", Optional.empty())))
                .isEqualTo("-- bob left");
        assertThat(shown("bob", new MessageBody.Membership("role-changed", "carol", Optional.of("admin"))))
                .isEqualTo("-- bob changed the role of carol to admin");
    }

    @Test
    void the_prompt_tells_what_is_not_as_it_should_be() {
        assertThat(text.prompt(Optional.empty(), 0, List.of())).isEqualTo("alice> ");
        assertThat(text.prompt(Optional.of("offline"), 2, List.of())).isEqualTo("[offline] 2 unsent alice> ");
    }

    @Test
    void a_mark_tells_accepted_delivered_and_read() {
        assertThat(text.mark(new Marks.Mark(1, 0, 0))).isEqualTo("✓");
        assertThat(text.mark(new Marks.Mark(1, 1, 0))).isEqualTo("✓✓");
        assertThat(text.mark(new Marks.Mark(1, 1, 1))).isEqualTo("✓✓ read");
        assertThat(text.mark(new Marks.Mark(3, 2, 0))).isEqualTo("✓");
        assertThat(text.mark(new Marks.Mark(3, 3, 2))).isEqualTo("✓✓ read by 2");
    }

    @Test
    void presence_is_a_sentence_with_a_mark() {
        Rest.UserPresence seen = Rest.UserPresence.offline("bob", Optional.of(Instant.EPOCH));

        assertThat(text.presence(Rest.UserPresence.online("bob"))).isEqualTo("-- ● bob is online");
        assertThat(text.presence(Rest.UserPresence.offline("bob", Optional.empty())))
                .isEqualTo("-- ○ bob is offline");
        assertThat(text.presence(seen)).matches("-- ○ bob was last seen at (1 Jan|31 Dec) \\d\\d:\\d\\d");
    }

    @Test
    void the_prompt_tells_who_is_typing() {
        assertThat(text.prompt(Optional.empty(), 0, List.of("bob\u001b"))).isEqualTo("(bob is typing…) alice> ");
        assertThat(text.prompt(Optional.empty(), 0, List.of("bob", "carol"))).isEqualTo("(2 are typing…) alice> ");
    }
}
