package dev.parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lengths in UTF-8 and what an id is.
class TextRulesTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "é", "船", "🚢", "a\0", "\u07FF\u0800\uFFFF", "🚢🚢x"})
    void the_length_is_that_of_the_bytes(String text) {
        assertThat(TextRules.utf8Length(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32})
    void the_length_of_random_code_points_is_that_of_the_bytes(long seed) {
        Random random = new Random(seed);

        for (int round = 0; round < 2_000; round++) {
            String text = random.ints(8, 0, Character.MAX_CODE_POINT + 1)
                    .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            assertThat(TextRules.utf8Length(text))
                    .as("seed " + seed)
                    .isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    @Test
    void half_a_surrogate_pair_is_no_unicode() {
        assertThat(TextRules.utf8Length("a\ud83d")).isEqualTo(TextRules.NOT_UNICODE);
        assertThat(TextRules.utf8Length("\ude00\ud83d")).isEqualTo(TextRules.NOT_UNICODE);
        assertThat(TextRules.utf8Length("\ud83d\ud83d\ude00")).isEqualTo(TextRules.NOT_UNICODE);
        assertThat(TextRules.wellFormed("a\ud83dx\ud83d\ude00")).isEqualTo("a\uFFFDx\ud83d\ude00");
    }

    @Test
    void an_id_is_one_word_of_bounded_length() {
        assertThat(TextRules.isId("user@example.com|é", 64)).isTrue();
        assertThat(TextRules.isId("x".repeat(64), 64)).isTrue();
        assertThat(TextRules.isId("x".repeat(65), 64)).isFalse();
        assertThat(TextRules.isId("", 64)).isFalse();
        assertThat(TextRules.isId("a b", 64)).isFalse();
        assertThat(TextRules.isId("a\u0085", 64)).isFalse();
        assertThat(TextRules.isId("a\ud800", 64)).isFalse();
    }
}
