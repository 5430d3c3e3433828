package dev.parley.node.delivery;

import dev.parley.raftstorage.GroupId;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Remembers which deliveries could not be read, so that each is logged and counted once though several read
/// it.
/// Thread-safe.
final class UnreadableDeliveries {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadableDeliveries.class);

    /// Numbers that are remembered; with more damage than this some is counted again.
    private static final int REMEMBERED_MAX = 10_000;

    private final SequencedSet<Place> seen = new LinkedHashSet<>();
    private final Map<String, Double> counts = new TreeMap<>();

    private record Place(GroupId group, long number) {}

    synchronized void found(GroupId group, long number, String reason) {
        if (!seen.add(new Place(group, number))) {
            return;
        }
        if (seen.size() > REMEMBERED_MAX) {
            seen.removeFirst();
        }
        counts.merge(group.name(), 1.0, Double::sum);
        LOG.error("delivery passed over: group={} number={} reason={}", group, number, reason);
    }

    synchronized Map<String, Double> counts() {
        return Map.copyOf(counts);
    }
}
