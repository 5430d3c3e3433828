package dev.parley.node.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.delivery.Delivery;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.ReadOutcome;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeadLetterCodecTest {
    private static final DeadLetter.Content PUSH = new DeadLetter.Push("bob", "c_1", "phone", "fcm", 9);
    private static final DeadLetter.Content NOTE =
            new DeadLetter.ListNote(new Activity("bob", "c_1", new Progress(1, 2, 3, 4, 5, 6), Optional.of(false), 7));

    @Test
    void a_page_of_letters_survives_the_way() {
        ChatQuery query = new ChatQuery.DeadLetters(3, 40, 100);
        QueryAnswer page = new QueryAnswer.DeadLetterPage(
                List.of(
                        new DeadLetter.Numbered(41, new DeadLetter(PUSH, "gone", 5, 17)),
                        new DeadLetter.Numbered(42, new DeadLetter(NOTE, "no", 2, 18))),
                true,
                new DeadLetter.Counts(50, 8, 1));

        assertThat(QueryCodec.query(QueryCodec.request(new GroupId("p-003"), query)))
                .isEqualTo(query);
        assertThat(QueryCodec.outcome(QueryCodec.reply(new ReadOutcome.Done<>(page))))
                .isEqualTo(new ReadOutcome.Done<>(page));
    }

    @Test
    void a_retried_letter_survives_the_way() {
        for (DeadLetter.Content content : List.of(PUSH, NOTE)) {
            Delivery delivery = new Delivery(5, new Delivery.Retried(content));
            assertThat(RecordCodec.delivery(RecordCodec.wire(delivery))).isEqualTo(delivery);
        }
    }
}
