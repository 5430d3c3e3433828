package dev.parley.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdsTest {

    @Test
    void a_direct_conversation_has_one_id_whoever_opens_it() {
        assertThat(Ids.direct("alice", "bob")).isEqualTo(Ids.direct("bob", "alice"));
        assertThat(Ids.direct("alice", "bob")).isNotEqualTo(Ids.direct("alice", "carol"));
    }

    @Test
    void ids_of_conversations_never_change() {
        assertThat(Ids.direct("alice", "bob")).isEqualTo("c_65i2f5qbgurnl5aw4sf3mg3kuc");
        assertThat(Ids.group("alice", "g-1")).isEqualTo("c_4o4kbc6qbwmcpuxl4vh52xwpke");
    }

    @Test
    void two_pairs_whose_names_run_together_alike_have_different_ids() {
        assertThat(Ids.direct("ab", "c")).isNotEqualTo(Ids.direct("a", "bc"));
        assertThat(Ids.group("ab", "c")).isNotEqualTo(Ids.group("a", "bc"));
        assertThat(Ids.group("a", "b")).isNotEqualTo(Ids.direct("a", "b"));
    }

    @Test
    void conversation_ids_have_the_shape_that_is_recognised() {
        assertThat(Ids.isConversation(Ids.direct("alice", "bob"))).isTrue();
        assertThat(Ids.isConversation(Ids.group("alice", "x"))).isTrue();
        assertThat(Ids.isConversation("c_")).isFalse();
        assertThat(Ids.isConversation(Ids.direct("alice", "bob") + "a")).isFalse();
        assertThat(Ids.isConversation(Ids.direct("alice", "bob").toUpperCase(java.util.Locale.ROOT)))
                .isFalse();
        assertThat(Ids.isConversation("c_aaaaaaaaaaaaaaaaaaaaaaaaa\0")).isFalse();
    }

    @Test
    void user_ids_are_short_and_plain() {
        assertThat(Ids.isUser("Alice_1.x@example-site")).isTrue();
        assertThat(Ids.isUser("a".repeat(64))).isTrue();
        assertThat(Ids.isUser("a".repeat(65))).isFalse();
        assertThat(Ids.isUser("")).isFalse();
        assertThat(Ids.isUser("al ice")).isFalse();
        assertThat(Ids.isUser("al\0ice")).isFalse();
        assertThat(Ids.isUser("älice")).isFalse();
    }

    @Test
    void the_stamp_of_a_message_id_can_be_read_again() {
        for (long millis : new long[] {0, 1, 1_700_000_000_123L, (1L << 48) - 1}) {
            assertThat(Ids.messageMillis(Ids.message(millis, -1L, 77))).hasValue(millis);
        }
        assertThat(Ids.messageMillis("m_1")).isEmpty();
        assertThat(Ids.messageMillis("m_8" + "0".repeat(25))).isEmpty();
        assertThat(Ids.messageMillis("m_0" + "U".repeat(25))).isEmpty();
        assertThat(Ids.messageMillis("7")).isEmpty();
    }

    @Test
    void message_ids_sort_by_time_then_by_place_in_the_entry() {
        String first = Ids.message(1_000, -1L, 0);
        String second = Ids.message(1_000, -1L, 1);
        String last = Ids.message(1_001, 0, 0);

        assertThat(first).hasSize(28).startsWith("m_").isLessThan(second);
        assertThat(second).isLessThan(last);
    }

    @Test
    void message_ids_of_one_millisecond_differ() {
        long seed = 4_711;
        SplittableRandom random = new SplittableRandom(seed);
        Set<String> ids = new HashSet<>();
        for (int entry = 0; entry < 1_000; entry++) {
            long entropy = random.nextLong();
            for (int index = 0; index < 20; index++) {
                ids.add(Ids.message(1_700_000_000_000L, entropy, index));
            }
        }

        assertThat(ids).as("seed %d", seed).hasSize(20_000);
    }

    @Test
    void a_stamp_or_index_that_does_not_fit_is_refused() {
        assertThatThrownBy(() -> Ids.message(-1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Ids.message(1L << 48, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Ids.message(0, 0, 1 << 20)).isInstanceOf(IllegalArgumentException.class);
    }
}
