package dev.parley.node.push;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// Reads the HTTP header `Retry-After`: seconds, or a date.
public final class RetryAfter {
    private static final int DIGITS_MAX = 9;

    private RetryAfter() {}

    /// How long to wait; empty if the header says nothing that can be understood.
    public static Optional<Duration> parse(Optional<String> header, Clock clock) {
        String text = header.orElse("").strip();
        if (text.matches("[0-9]{1," + DIGITS_MAX + "}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            ZonedDateTime date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
            Duration wait = Duration.between(clock.instant(), date.toInstant());
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeException _) {
            return Optional.empty(); // neither seconds nor a date: as if there were no header
        }
    }
}
