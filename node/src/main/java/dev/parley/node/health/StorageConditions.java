package dev.parley.node.health;

import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.GroupStatus.State;
import dev.parley.raftstorage.ReplicatedGroups;
import dev.parley.raftstorage.StorageHealth;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The readiness conditions that the replicated groups answer for.
public final class StorageConditions {
    /// Names that one reason lists; the rest is counted.
    private static final int NAMES_MAX = 4;

    private StorageConditions() {}

    /// Adds `storage` (disk, failed writes) and `partitions` (each has a leader and is whole here).
    public static void require(Readiness readiness, ReplicatedGroups<?> groups) {
        readiness.require("storage", () -> storage(groups.health()));
        readiness.require("partitions", () -> partitions(groups.statuses()));
    }

    static List<String> storage(StorageHealth health) {
        if (!health.problems().isEmpty()) {
            return health.problems();
        }
        return health.writable() ? List.of() : List.of("writes are refused");
    }

    static List<String> partitions(List<GroupStatus> groups) {
        List<String> reasons = new ArrayList<>();
        for (GroupStatus group : groups) {
            switch (group.state()) {
                case QUARANTINED, CLOSED ->
                    reasons.add("%s is %s (%s)"
                            .formatted(
                                    group.group(),
                                    group.state().name().toLowerCase(java.util.Locale.ROOT),
                                    group.reason()));
                case STARTING, INSTALLING, RUNNING -> {}
            }
        }
        addCounted(reasons, groups, "starting", group -> group.state() == State.STARTING);
        addCounted(reasons, groups, "fetching a snapshot", group -> group.state() == State.INSTALLING);
        addCounted(
                reasons,
                groups,
                "without a leader",
                group -> group.state() == State.RUNNING && group.leader().isEmpty());
        return reasons;
    }

    private static void addCounted(
            List<String> reasons, List<GroupStatus> groups, String what, Predicate<GroupStatus> test) {
        List<String> names =
                groups.stream().filter(test).map(group -> group.group().name()).toList();
        if (!names.isEmpty()) {
            String more = names.size() > NAMES_MAX ? ", …" : "";
            reasons.add("%d of %d %s (%s%s)"
                    .formatted(
                            names.size(),
                            groups.size(),
                            what,
                            String.join(", ", names.subList(0, Math.min(NAMES_MAX, names.size()))),
                            more));
        }
    }
}
