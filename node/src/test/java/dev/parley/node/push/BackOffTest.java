package dev.parley.node.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackOffTest {
    private final BackOff backOff = new BackOff(new Random(7)); // any seed: only bounds are asserted

    @Test
    void pauses_double_up_to_a_limit_and_differ() {
        Set<Duration> seen = new HashSet<>();
        for (int round = 0; round < 200; round++) {
            seen.add(backOff.nextDelay(1, Optional.empty()));
            assertThat(backOff.nextDelay(1, Optional.empty())).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
            assertThat(backOff.nextDelay(4, Optional.empty())).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(16));
            assertThat(backOff.nextDelay(Integer.MAX_VALUE, Optional.empty()))
                    .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(10));
        }
        assertThat(seen).hasSizeGreaterThan(50);
    }

    @Test
    void what_the_provider_asks_for_is_obeyed_and_spread_but_not_beyond_a_day() {
        for (int round = 0; round < 200; round++) {
            assertThat(backOff.nextDelay(1, Optional.of(Duration.ofMinutes(20))))
                    .isBetween(Duration.ofMinutes(20), Duration.ofMinutes(25));
            assertThat(backOff.nextDelay(9, Optional.of(Duration.ofSeconds(1)))).isGreaterThan(Duration.ofMinutes(1));
            assertThat(backOff.nextDelay(1, Optional.of(Duration.ofDays(900))))
                    .isBetween(Duration.ofHours(24), Duration.ofHours(30));
            assertThat(backOff.nextDelay(1, Optional.of(Duration.ofSeconds(-5))))
                    .isPositive();
        }
    }

    @Test
    void retry_after_is_read_as_seconds_and_as_a_date() {
        Clock clock = Clock.fixed(Instant.parse("2026-11-24T10:00:00Z"), ZoneOffset.UTC);

        assertThat(RetryAfter.parse(Optional.of(" 90 "), clock)).contains(Duration.ofSeconds(90));
        assertThat(RetryAfter.parse(Optional.of("Tue, 24 Nov 2026 10:01:00 GMT"), clock))
                .contains(Duration.ofMinutes(1));
        assertThat(RetryAfter.parse(Optional.of("Tue, 24 Nov 2026 09:00:00 GMT"), clock))
                .contains(Duration.ZERO);
        assertThat(RetryAfter.parse(Optional.of("soon"), clock)).isEmpty();
        assertThat(RetryAfter.parse(Optional.of("-1"), clock)).isEmpty();
        assertThat(RetryAfter.parse(Optional.of("99999999999999999999"), clock)).isEmpty();
        assertThat(RetryAfter.parse(Optional.empty(), clock)).isEmpty();
    }
}
