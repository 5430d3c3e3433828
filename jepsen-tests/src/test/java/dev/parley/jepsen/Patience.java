package dev.parley.jepsen;

import dev.parley.client.ClientOptions;
import java.time.Duration;

/// How long clients of these tests wait: far more patient than an application, because however busy the machine
/// is,
/// each
/// message must be acknowledged in the end.
public final class Patience {
    public static final Duration ANSWER_MAX = Duration.ofMinutes(3);

    public static final ClientOptions.Timing TIMING = new ClientOptions.Timing(
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            ANSWER_MAX,
            ANSWER_MAX,
            Duration.ofMillis(100),
            Duration.ofSeconds(2));

    private Patience() {}
}
