package dev.parley.cli.bench;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What a run does.
///
/// @param window messages on their way per sender (closed loop); empty if the rate rules
/// @param rate messages per second over all senders (open loop); empty if the window rules
/// @param sendDeadline after which a message without an acknowledgement is an error
record BenchPlan(
        List<URI> urls,
        Shape shape,
        OptionalInt window,
        OptionalLong rate,
        Duration warmUp,
        Duration duration,
        Duration sendDeadline) {

    /// Who talks to whom.
    ///
    /// @param pairs direct conversations, one of the two sending
    /// @param groups groups of `members` members, of whom `senders` send and the others receive
    record Shape(int pairs, int groups, int members, int senders) {
        int users() {
            return 2 * pairs + groups * members;
        }
    }

    BenchPlan {
        urls = List.copyOf(urls);
    }

    URI urlOf(int number) {
        return urls.get(Math.floorMod(number, urls.size()));
    }
}
