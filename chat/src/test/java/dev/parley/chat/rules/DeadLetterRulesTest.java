package dev.parley.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatCommand.AddDeadLetter;
import dev.parley.chat.ChatCommand.DropDeadLetter;
import dev.parley.chat.ChatCommand.RetryDeadLetter;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.DeadLetter.ListNote;
import dev.parley.chat.DeadLetter.Push;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.DeadLetterPage;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeadLetterRulesTest {
    private final ChatState state = new ChatState();

    @Test
    void letters_are_numbered_and_read_in_pages() {
        for (long seq = 1; seq <= 5; seq++) {
            add(push(seq), "gone", 3);
        }

        DeadLetterPage first = read(0, 3);
        assertThat(first.letters()).extracting(DeadLetter.Numbered::number).containsExactly(1L, 2L, 3L);
        assertThat(first.more()).isTrue();
        DeadLetterPage second = read(3, 3);
        assertThat(second.letters()).extracting(DeadLetter.Numbered::number).containsExactly(4L, 5L);
        assertThat(second.more()).isFalse();
        assertThat(second.counts()).isEqualTo(new DeadLetter.Counts(5, 5, 0));
        assertThat(second.letters().getFirst().letter()).isEqualTo(new DeadLetter(push(4), "gone", 3, 1_000));
    }

    @Test
    void the_same_work_again_says_the_newer_reason_and_is_no_second_letter() {
        add(push(1), "HTTP 500", 3);
        add(push(2), "HTTP 500", 3);
        add(push(1), "HTTP 410", 4);

        assertThat(read(0, 10).letters())
                .extracting(DeadLetter.Numbered::letter)
                .containsExactly(
                        new DeadLetter(push(1), "HTTP 410", 4, 1_000), new DeadLetter(push(2), "HTTP 500", 3, 1_000));
        assertThat(state.deadLetterCounts()).isEqualTo(new DeadLetter.Counts(2, 2, 0));
    }

    @Test
    void notes_for_one_place_in_a_list_gather_in_one_letter() {
        add(note(7, 0, 1), "bad", 1);
        add(note(5, 4, 2), "bad", 1);

        assertThat(read(0, 10).letters())
                .extracting(numbered -> numbered.letter().content())
                .containsExactly(note(7, 4, 2));
    }

    @Test
    void a_dropped_letter_is_gone_and_dropping_it_again_is_harmless() {
        add(push(1), "gone", 3);

        assertThat(state.run(new DropDeadLetter(0, 1))).isEqualTo(new ChatAnswer.Done());
        assertThat(state.run(new DropDeadLetter(0, 1))).isEqualTo(new ChatAnswer.Done());

        assertThat(state.deadLetterCounts()).isEqualTo(new DeadLetter.Counts(1, 0, 0));
        assertThat(state.retried()).isEmpty();
    }

    @Test
    void a_retried_letter_hands_its_work_out_once() {
        add(push(1), "gone", 3);

        state.run(new RetryDeadLetter(0, 1));
        assertThat(state.run(new RetryDeadLetter(0, 1))).isEqualTo(new ChatAnswer.Done());

        assertThat(state.retried()).containsExactly(push(1));
        assertThat(state.deadLetterCounts().kept()).isZero();
    }

    @Test
    void a_letter_that_fails_again_has_a_new_number() {
        add(push(1), "gone", 3);
        state.run(new RetryDeadLetter(0, 1));
        add(push(1), "gone", 3);

        assertThat(read(0, 10).letters())
                .extracting(DeadLetter.Numbered::number)
                .containsExactly(2L);
    }

    @Test
    void where_there_are_too_many_the_oldest_makes_room() {
        for (long seq = 1; seq <= ChatLimits.DEAD_LETTERS_MAX; seq++) {
            state.write(new ChatEvent.DeadLetterPut(
                    new DeadLetter.Numbered(seq, new DeadLetter(push(seq), "gone", 3, 1_000))));
        }
        add(new Push("zoe", "c_1", "phone", "apns", 1), "gone", 3);

        assertThat(state.deadLetterCounts())
                .isEqualTo(new DeadLetter.Counts(ChatLimits.DEAD_LETTERS_MAX + 1L, ChatLimits.DEAD_LETTERS_MAX, 1));
        assertThat(read(0, 1).letters().getFirst().number()).isEqualTo(2);
    }

    @Test
    void a_reason_is_kept_on_one_line_and_cut() {
        add(push(1), "first\nsecond \ud83d " + "x".repeat(10_000), 1);

        String reason = state.deadLetter(1).orElseThrow().reason();
        assertThat(reason).startsWith("first second   x").hasSize(ChatLimits.DEAD_LETTER_REASON_MAX);
    }

    @Test
    void a_page_has_a_limit() {
        assertThat(ChatReader.answer(state, new ChatQuery.DeadLetters(0, 0, 0)))
                .isInstanceOf(QueryAnswer.Refused.class);
        assertThat(ChatReader.answer(state, new ChatQuery.DeadLetters(0, 0, ChatLimits.PAGE_MAX + 1)))
                .isInstanceOf(QueryAnswer.Refused.class);
    }

    private void add(DeadLetter.Content content, String reason, int tries) {
        assertThat(state.run(new AddDeadLetter(0, new DeadLetter(content, reason, tries, 1_000))))
                .isEqualTo(new ChatAnswer.Done());
    }

    private DeadLetterPage read(long after, int limit) {
        return (DeadLetterPage) ChatReader.answer(state, new ChatQuery.DeadLetters(0, after, limit));
    }

    private static Push push(long seq) {
        return new Push("ann", "c_1", "phone", "apns", seq);
    }

    private static ListNote note(long headSeq, long readSeq, long number) {
        return new ListNote(new Activity(
                "ann", "not an id", new Progress(headSeq, 0, readSeq, 0, 0, 0), Optional.<Boolean>empty(), number));
    }
}
