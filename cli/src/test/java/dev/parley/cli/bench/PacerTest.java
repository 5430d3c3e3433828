package dev.parley.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacerTest {

    /// A message that goes out later than it is meant to adds the delay to every latency that is reported.
    @ParameterizedTest
    @ValueSource(longs = {1, 7, 20, 200, 9_999, 150_000})
    void each_message_is_due_at_its_intended_moment_and_not_before(long ratePerSecond) {
        for (long message = 0; message < 1_000; message++) {
            long intended = Pacer.intended(message, ratePerSecond);

            assertThat(Pacer.due(intended + 1_000, ratePerSecond)).isGreaterThan(message);
            assertThat(message == 0 ? 0 : Pacer.due(intended - 1_000, ratePerSecond))
                    .isLessThanOrEqualTo(message);
        }
    }
}
