package dev.parley.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The bench finds what it is there to find.
class RoomCheckTest {

    private static final int AUTHOR = 7;
    private final Bodies bodies = Bodies.ofSize(100);
    private final SendLog log = new SendLog();
    private final Set<Integer> shown = new HashSet<>();
    private long historySeq = 1;

    /// Three messages, acknowledged one after the other behind the record that began the conversation.
    @BeforeEach
    void send() {
        for (int number = 0; number < 3; number++) {
            log.add(number);
            log.acknowledge(number, number + 2L);
            shown.add(number);
        }
    }

    private RoomCheck newCheck() {
        RoomCheck check = new RoomCheck(1, bodies, List.of(new RoomCheck.AuthorLog(AUTHOR, 0, log)));
        check.history(new Message(
                "m_1", "c", 1, "u", Instant.EPOCH, new MessageBody.Membership("created", "u", Optional.empty())));
        return check;
    }

    private void history(RoomCheck check, String text) {
        historySeq++;
        check.history(new Message("m", "c", historySeq, "u", Instant.EPOCH, new MessageBody.Text(text)));
    }

    private Findings judge(RoomCheck check) {
        return check.judge(List.of(new RoomCheck.Shown() {
            @Override
            public boolean has(int author, int number) {
                return shown.contains(number);
            }

            @Override
            public int duplicated() {
                return 0;
            }

            @Override
            public int phantoms() {
                return 0;
            }
        }));
    }

    private Findings judge(int... numbers) {
        RoomCheck check = newCheck();
        for (int number : numbers) {
            history(check, bodies.text(AUTHOR, number));
        }
        return judge(check);
    }

    @Test
    void a_faithful_history_is_clean() {
        Findings findings = judge(0, 1, 2);

        assertThat(findings.clean()).isTrue();
        assertThat(findings.read()).isEqualTo(3);
    }

    @Test
    void an_acknowledged_message_that_is_not_there_is_lost() {
        assertThat(judge(0, 1).lost()).isEqualTo(1);
    }

    @Test
    void a_message_that_never_reached_the_receiver_is_lost() {
        shown.remove(1);

        assertThat(judge(0, 1, 2).lost()).isEqualTo(1);
    }

    @Test
    void a_message_that_stands_twice_is_a_duplicate() {
        assertThat(judge(0, 1, 2, 1).duplicated()).isEqualTo(1);
    }

    @Test
    void places_that_contradict_the_acknowledgements_are_out_of_order() {
        assertThat(judge(0, 2, 1).outOfOrder()).isPositive();
    }

    @Test
    void a_hole_in_the_history_is_out_of_order() {
        RoomCheck check = newCheck();
        historySeq++;
        history(check, bodies.text(AUTHOR, 0));

        assertThat(judge(check).outOfOrder()).isPositive();
    }

    @Test
    void a_text_that_nobody_sent_or_that_changed_is_a_phantom() {
        RoomCheck check = newCheck();
        history(check, bodies.text(AUTHOR, 0));
        history(check, bodies.text(AUTHOR, 1).replace('q', 'Q'));
        history(check, bodies.text(AUTHOR + 1, 2));

        assertThat(judge(check).phantoms()).isEqualTo(2);
    }

    @Test
    void a_message_without_acknowledgement_may_be_there_or_not() {
        log.add(3);
        log.settle(3, SendLog.State.EXPIRED);

        assertThat(judge(0, 1, 2).clean()).isTrue();
        historySeq = 1;
        assertThat(judge(0, 1, 2, 3).clean()).isTrue();
    }

    @Test
    void a_refused_message_must_not_be_there() {
        log.add(3);
        log.settle(3, SendLog.State.REFUSED);

        assertThat(judge(0, 1, 2, 3).phantoms()).isEqualTo(1);
    }

    @Test
    void in_a_group_each_receiver_must_get_what_each_author_sent() {
        SendLog other = new SendLog();
        other.add(9);
        other.acknowledge(0, 5);
        RoomCheck check = new RoomCheck(
                1,
                bodies,
                List.of(new RoomCheck.AuthorLog(AUTHOR, 0, log), new RoomCheck.AuthorLog(AUTHOR + 1, 1, other)));
        historySeq = 0;
        for (int number = 0; number < 3; number++) {
            history(check, number == 0 ? "joined" : bodies.text(AUTHOR, number - 1));
        }
        history(check, bodies.text(AUTHOR, 2));
        history(check, bodies.text(AUTHOR + 1, 0));

        Findings findings = check.judge(List.of(shown(true), shown(false)));

        assertThat(findings.phantoms()).as("the text of nobody").isEqualTo(1);
        assertThat(findings.lost())
                .as("the second never got the other author's")
                .isEqualTo(1);
        assertThat(findings.outOfOrder()).isZero();
    }

    /// One who got all of the first author, and maybe all of the second.
    private static RoomCheck.Shown shown(boolean alsoOfTheSecond) {
        return new RoomCheck.Shown() {
            @Override
            public boolean has(int author, int number) {
                return author == 0 || alsoOfTheSecond;
            }

            @Override
            public int duplicated() {
                return 0;
            }

            @Override
            public int phantoms() {
                return 0;
            }
        };
    }
}
