package dev.parley.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MentionsTest {

    @Test
    void a_mention_begins_with_an_at_sign_and_is_followed_by_an_id() {
        assertThat(Mentions.in("@ann and (@bob), hi")).containsExactlyInAnyOrder("ann", "bob");
    }

    @Test
    void a_sentence_may_end_with_a_mention_and_an_id_with_a_dot() {
        assertThat(Mentions.in("ask @ann.")).containsExactlyInAnyOrder("ann", "ann.");
        assertThat(Mentions.in("ask @ann@example.org...")).contains("ann@example.org", "ann@example.org...");
    }

    @Test
    void an_address_is_no_mention() {
        assertThat(Mentions.in("write to ann@example.org")).isEmpty();
    }

    @Test
    void an_at_sign_alone_mentions_nobody() {
        assertThat(Mentions.in("@ @, 5 @ 3")).isEmpty();
        assertThat(Mentions.in("")).isEmpty();
    }

    @Test
    void letters_of_other_scripts_end_an_id() {
        assertThat(Mentions.in("привет @ann你好")).containsExactly("ann");
    }
}
