package dev.parley.cli.top;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/// Quantiles of a distribution that is known by cumulated buckets, guessed as Prometheus does: evenly spread
/// within one.
final class Quantile {
    private Quantile() {}

    /// What came into each bucket between two samples.
    static Map<Double, Double> between(Map<Double, Double> before, Map<Double, Double> after) {
        Map<Double, Double> grown = new TreeMap<>();
        after.forEach((bound, count) -> grown.put(bound, Math.max(0, count - before.getOrDefault(bound, 0.0))));
        return grown;
    }

    /// Below which a part of all lie; none if there are none. What is above the last bound counts as that.
    static OptionalDouble of(double part, Map<Double, Double> buckets) {
        double all =
                buckets.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
        if (all <= 0) {
            return OptionalDouble.empty();
        }
        double wanted = part * all;
        double lower = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
            if (bucket.getValue() >= wanted) {
                if (bucket.getKey().isInfinite()) {
                    return OptionalDouble.of(lower);
                }
                double inside = bucket.getValue() - below;
                double share = inside <= 0 ? 1 : (wanted - below) / inside;
                return OptionalDouble.of(lower + (bucket.getKey() - lower) * share);
            }
            lower = bucket.getKey();
            below = bucket.getValue();
        }
        return OptionalDouble.of(lower);
    }
}
