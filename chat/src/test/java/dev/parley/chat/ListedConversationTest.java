package dev.parley.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ListedConversation.Mute;
import dev.parley.chat.ListedConversation.Progress;
import org.junit.jupiter.api.Test;

class ListedConversationTest {

    private static ListedConversation listed(Progress progress) {
        return new ListedConversation(1, true, progress, new Mute(false, 0));
    }

    /// Who joins again hears of the membership first, with the counts of before, and then where it begins.
    @Test
    void a_count_that_falls_although_there_is_more_is_told_and_reading_alone_is_not() {
        ListedConversation joinedAgain = listed(new Progress(10, 9, 4, 4, 1, 0));

        assertThat(joinedAgain.unread()).isEqualTo(5);
        assertThat(joinedAgain.advanced(new Progress(11, 9, 11, 9, 2, 0)).differsNotably(joinedAgain))
                .isTrue();
        assertThat(joinedAgain.advanced(new Progress(10, 9, 10, 9, 1, 0)).differsNotably(joinedAgain))
                .as("read elsewhere: a receipt tells of it")
                .isFalse();
        assertThat(joinedAgain.advanced(new Progress(11, 10, 4, 4, 2, 0)).differsNotably(joinedAgain))
                .as("a message: the record tells of it")
                .isFalse();
    }
}
