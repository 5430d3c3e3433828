package dev.parley.node.scrub;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one pass over a group found.
///
/// @param compared the nodes whose replicas were compared to the end
/// @param silent the nodes that did not answer
/// @param rows and `bytes`: compared, of one replica
/// @param differences the first of them
/// @param next where to go on; empty at the end
/// @param problem why it could not go on; empty if it could
public record CheckResult(
        GroupId group,
        List<NodeId> compared,
        List<NodeId> silent,
        long rows,
        long bytes,
        List<Difference> differences,
        Optional<TablePlace> next,
        String problem) {

    /// Differences that one pass keeps: the others lie between, or have the same cause.
    static final int DIFFERENCES_MAX = 16;

    public CheckResult {
        compared = List.copyOf(compared);
        silent = List.copyOf(silent);
        differences = List.copyOf(differences);
    }

    /// A range in which replicas differ.
    ///
    /// @param to where the next range begins; empty if it is the last
    public record Difference(TablePlace from, Optional<TablePlace> to, Map<NodeId, String> digests) {
        public Difference {
            digests = Map.copyOf(digests);
        }
    }

    /// Whether what was compared is the same in all replicas.
    public boolean equal() {
        return differences.isEmpty() && problem.isEmpty() && silent.isEmpty();
    }

    /// The node whose replica alone differs from at least two that are alike, in every range that differs;
    /// empty if
    /// there is no such node.
    public Optional<NodeId> odd() {
        Optional<NodeId> found = Optional.empty();
        for (Difference difference : differences) {
            Optional<NodeId> odd = odd(difference.digests());
            if (odd.isEmpty() || (found.isPresent() && !found.equals(odd))) {
                return Optional.empty();
            }
            found = odd;
        }
        return found;
    }

    private static Optional<NodeId> odd(Map<NodeId, String> digests) {
        Map<String, Integer> counts = new HashMap<>();
        digests.values().forEach(digest -> counts.merge(digest, 1, Integer::sum));
        if (counts.size() != 2 || digests.size() < 3 || !counts.containsValue(1)) {
            return Optional.empty();
        }
        return digests.entrySet().stream()
                .filter(entry -> counts.getOrDefault(entry.getValue(), 0) == 1)
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
