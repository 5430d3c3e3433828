package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfirmTest {
    private static final String QUESTION = "Drop 3 dead letters?";

    @ParameterizedTest
    @ValueSource(strings = {"y", "Y", " yes "})
    void yes_goes_on(String answer) {
        List<String> asked = new ArrayList<>();

        assertThatCode(() -> Confirm.require(QUESTION, Optional.of(question -> {
                    asked.add(question);
                    return answer;
                })))
                .doesNotThrowAnyException();
        assertThat(asked).containsExactly(QUESTION + " [y/N] ");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "n", "no", "yesterday"})
    void all_else_and_the_end_of_input_does_nothing(@Nullable String answer) {
        assertThatExceptionOfType(CommandFailed.class)
                .isThrownBy(() -> Confirm.require(QUESTION, Optional.of(_ -> answer)))
                .withMessageContaining("nothing was changed");
    }

    @Test
    void where_nobody_can_be_asked_it_says_how_to_go_on() {
        assertThatExceptionOfType(CommandFailed.class)
                .isThrownBy(() -> Confirm.require(QUESTION, Optional.empty()))
                .withMessageContaining("--yes");
    }
}
