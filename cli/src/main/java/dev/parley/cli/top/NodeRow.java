package dev.parley.cli.top;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// What one node does now.
///
/// @param sendsPerSecond messages that its clients posted and that were accepted
/// @param failuresPerSecond those that were unavailable or unknown
/// @param ackMillis50 none if nobody posted
/// @param cpuPercent of one core; none if the node does not tell
/// @param lag committed entries that the slowest follower of a group that it leads lacks
/// @param outboxPending of the groups that it leads
/// @param outboxSeconds age of the oldest of them
/// @param troubles why it is not ready; empty if it is
record NodeRow(
        String node,
        List<String> troubles,
        double sendsPerSecond,
        double failuresPerSecond,
        OptionalDouble ackMillis50,
        OptionalDouble ackMillis99,
        OptionalDouble deliveriesPerSecond,
        long sessions,
        OptionalDouble cpuPercent,
        double heapPercent,
        long leads,
        long lag,
        long outboxPending,
        double outboxSeconds,
        Duration uptime) {
    private static final String SENDS = "parley_sends_total";
    private static final String CPU = "parley_cpu_seconds_total";
    private static final String DELIVERIES = "parley_deliveries_total";
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int PERCENT = 100;
    private static final int MILLIS = 1_000;

    /// What happened at a node between two samples.
    static NodeRow between(NodeSample before, NodeSample after) {
        Rate rate = new Rate(before, after);
        MetricsText now = after.metrics();
        Map<Double, Double> answers =
                Quantile.between(before.metrics().buckets("parley_send_seconds"), now.buckets("parley_send_seconds"));
        return new NodeRow(
                after.id(),
                troubles(after),
                rate.of(SENDS, "accepted"),
                rate.of(SENDS, "unavailable") + rate.of(SENDS, "unknown"),
                millis(Quantile.of(0.5, answers)),
                millis(Quantile.of(0.99, answers)),
                rate.ifTold(DELIVERIES, 1),
                (long) now.sum("parley_sessions"),
                rate.ifTold(CPU, PERCENT),
                PERCENT * now.sum("parley_heap_used_bytes") / Math.max(1, now.sum("parley_heap_max_bytes")),
                (long) now.sum("parley_group_leading"),
                (long) now.max("parley_group_follower_lag_entries"),
                (long) now.sum("parley_outbox_pending"),
                now.max("parley_outbox_oldest_seconds"),
                Duration.ofSeconds((long) now.sum("parley_uptime_seconds")));
    }

    private static OptionalDouble millis(OptionalDouble seconds) {
        return seconds.isPresent() ? OptionalDouble.of(seconds.getAsDouble() * MILLIS) : seconds;
    }

    private static List<String> troubles(NodeSample sample) {
        List<String> troubles = new ArrayList<>();
        sample.status().path("node").path("reasons").forEach(reason -> troubles.add(reason.asText()));
        if (troubles.isEmpty() && !sample.status().path("node").path("ready").asBoolean(true)) {
            troubles.add("not ready");
        }
        return troubles;
    }

    /// Growth by the second. A process that began anew in between counts from 0.
    record Rate(NodeSample before, NodeSample after) {
        double of(String name, String outcome) {
            return growth(
                    before.metrics().sum(name, "outcome", outcome),
                    after.metrics().sum(name, "outcome", outcome));
        }

        OptionalDouble ifTold(String name, double factor) {
            return after.metrics().has(name)
                    ? OptionalDouble.of(factor
                            * growth(before.metrics().sum(name), after.metrics().sum(name)))
                    : OptionalDouble.empty();
        }

        double growth(double from, double to) {
            double seconds = (after.nanos() - before.nanos()) / NANOS_PER_SECOND;
            double grown = to < from ? to : to - from;
            return seconds <= 0 ? 0 : grown / seconds;
        }
    }
}
