package dev.parley.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.cli.chat.Marks.Mark;
import dev.parley.client.SessionListener.Receipt;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MarksTest {
    private final Marks marks = new Marks("alice");

    private static Receipt receipt(String userId, Receipt.Kind kind, long seq) {
        return new Receipt("c_1", userId, kind, seq);
    }

    private static Message change(String action, String userId, long seq) {
        MessageBody body = new MessageBody.Membership(action, userId, Optional.empty());
        return new Message("m_1", "c_1", seq, "alice", Instant.EPOCH, body);
    }

    @Test
    void a_message_is_accepted_then_delivered_then_read() {
        marks.know(List.of(new Rest.Member("alice", "member", 1, 9, 9), new Rest.Member("bob", "member", 1, 0, 0)));
        assertThat(marks.of(3)).isEqualTo(new Mark(1, 0, 0));

        marks.heard(receipt("bob", Receipt.Kind.DELIVERED, 3));
        assertThat(marks.of(3)).isEqualTo(new Mark(1, 1, 0));

        marks.heard(receipt("bob", Receipt.Kind.READ, 4));
        assertThat(marks.of(3)).isEqualTo(new Mark(1, 1, 1));
        assertThat(marks.of(5)).isEqualTo(new Mark(1, 0, 0));
    }

    @Test
    void a_mark_never_falls_when_news_come_late() {
        marks.heard(receipt("bob", Receipt.Kind.READ, 4));
        marks.heard(receipt("bob", Receipt.Kind.DELIVERED, 2));
        marks.know(List.of(new Rest.Member("bob", "member", 1, 1, 3)));

        assertThat(marks.of(4)).isEqualTo(new Mark(1, 1, 1));
    }

    @Test
    void who_was_not_there_or_is_gone_does_not_count() {
        marks.know(List.of(new Rest.Member("bob", "member", 1, 0, 0)));
        marks.heard(change("added", "carol", 5));
        assertThat(marks.of(4)).isEqualTo(new Mark(1, 0, 0));
        assertThat(marks.of(6)).isEqualTo(new Mark(2, 0, 0));

        marks.heard(change("left", "bob", 7));
        assertThat(marks.of(6)).isEqualTo(new Mark(1, 0, 0));
    }
}
