package dev.parley.node.health;

import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.GroupStatus.Follower;
import dev.parley.raftstorage.GroupStatus.Role;
import dev.parley.raftstorage.GroupStatus.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Figures of the replicas on this node, by group; at most 65 of them.
public final class GroupMetrics {
    private static final double MILLIS_PER_SECOND = 1_000;

    private GroupMetrics() {}

    /// Adds them.
    public static void register(NodeMetrics metrics, Supplier<List<GroupStatus>> groups) {
        byGroup(
                metrics,
                "parley_group_running",
                "1 if the replica on this node runs, 0 if it starts, fetches a snapshot or is out of order.",
                groups,
                group -> group.state() == State.RUNNING ? 1 : 0);
        byGroup(
                metrics,
                "parley_group_leading",
                "1 if this node leads the group, else 0.",
                groups,
                group -> group.role() == Role.LEADER ? 1 : 0);
        byGroup(
                metrics,
                "parley_group_leader_known",
                "1 if this node knows a leader of the group, else 0.",
                groups,
                group -> group.leader().isPresent() ? 1 : 0);
        byGroup(metrics, "parley_group_term", "Raft term of the group.", groups, GroupStatus::term);
        byGroup(
                metrics,
                "parley_group_commit_index",
                "Index of the last entry that this node knows as committed.",
                groups,
                GroupStatus::commitIndex);
        byGroup(
                metrics,
                "parley_group_applied_index",
                "Index of the last entry that this node applied.",
                groups,
                GroupStatus::appliedIndex);
        byGroup(
                metrics,
                "parley_group_unflushed_entries",
                "Entries applied here since the last flush: what a restart applies again.",
                groups,
                group -> Math.max(0, group.appliedIndex() - group.durableIndex()));
        byGroup(
                metrics,
                "parley_group_follower_lag_entries",
                "On the leader: committed entries that the slowest follower does not have yet.",
                groups,
                GroupMetrics::followerLag);
        byGroup(
                metrics,
                "parley_group_follower_silent_seconds",
                "On the leader: seconds since the most silent follower was heard of.",
                groups,
                group -> group.followers().stream()
                                .mapToLong(Follower::silentMillis)
                                .max()
                                .orElse(0)
                        / MILLIS_PER_SECOND);
    }

    /// Adds how the outboxes stand, by group.
    public static void registerOutbox(
            NodeMetrics metrics,
            Supplier<Map<String, Double>> pending,
            Supplier<Map<String, Double>> oldestSeconds,
            Supplier<Map<String, Double>> deadLetters) {
        metrics.gauge(
                "parley_outbox_pending",
                "On the leader: deliveries that the users' lists do not know of yet.",
                "group",
                pending);
        metrics.gauge(
                "parley_outbox_oldest_seconds",
                "On the leader: how long ago the oldest record was accepted that the users' lists do not know of yet.",
                "group",
                oldestSeconds);
        metrics.gauge(
                "parley_outbox_dead_letters",
                "On the leader: work of the outbox that was given up and waits for an operator.",
                "group",
                deadLetters);
    }

    /// Adds how many deliveries could not be read.
    ///
    /// @param unreadable since the node started, by group
    public static void registerUnreadable(NodeMetrics metrics, Supplier<Map<String, Double>> unreadable) {
        metrics.count(
                "parley_outbox_unreadable",
                "On the leader: deliveries of the outbox that are damaged and were passed over.",
                "group",
                unreadable);
    }

    /// Adds whether replicas were found to differ.
    public static void registerDiverged(NodeMetrics metrics, Supplier<Map<String, Double>> diverged) {
        metrics.gauge(
                "parley_group_diverged",
                "On the leader: 1 if the last comparison found the replicas to differ, else 0.",
                "group",
                diverged);
    }

    /// Adds how far pushing is behind.
    ///
    /// @param pending deliveries that may still need a push, by group
    public static void registerPushes(NodeMetrics metrics, Supplier<Map<String, Double>> pending) {
        metrics.gauge("parley_push_pending", "On the leader: deliveries that may still need a push.", "group", pending);
    }

    private static double followerLag(GroupStatus group) {
        long slowest =
                group.followers().stream().mapToLong(Follower::matchIndex).min().orElse(group.commitIndex());
        return Math.max(0, group.commitIndex() - slowest);
    }

    private static void byGroup(
            NodeMetrics metrics,
            String name,
            String help,
            Supplier<List<GroupStatus>> groups,
            ToDoubleFunction<GroupStatus> figure) {
        metrics.gauge(name, help, "group", () -> {
            Map<String, Double> values = new LinkedHashMap<>();
            groups.get().forEach(group -> values.put(group.group().name(), figure.applyAsDouble(group)));
            return values;
        });
    }
}
