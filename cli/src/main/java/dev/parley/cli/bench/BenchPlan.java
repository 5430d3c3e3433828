package dev.parley.cli.bench;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What a run does.
///
/// @param window messages on their way per pair (closed loop); empty if the rate rules
/// @param rate messages per second over all pairs (open loop); empty if the window rules
/// @param sendDeadline after which a message without an acknowledgement is an error
record BenchPlan(
        List<URI> urls,
        int pairs,
        OptionalInt window,
        OptionalLong rate,
        Duration warmUp,
        Duration duration,
        Duration sendDeadline) {

    BenchPlan {
        urls = List.copyOf(urls);
    }

    URI urlOf(int number) {
        return urls.get(Math.floorMod(number, urls.size()));
    }
}
