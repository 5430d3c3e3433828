package dev.parley.cli.top;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What one group does now, as its leader tells it.
///
/// @param leader none if no node that answered leads it
/// @param silentSeconds since the leader heard of its most silent follower
record GroupRow(
        String group,
        Optional<String> leader,
        double entriesPerSecond,
        long lag,
        double silentSeconds,
        long outboxPending,
        double outboxSeconds,
        long deadLetters,
        boolean diverged) {
    private static final String LEADING = "parley_group_leading";

    /// Of all groups that any node knows, by name.
    static List<GroupRow> of(Map<String, NodeSample> before, Map<String, NodeSample> after) {
        Map<String, Optional<NodeSample>> leaders = new TreeMap<>();
        after.values()
                .forEach(node -> node.metrics().by(LEADING, "group").forEach((group, leads) -> {
                    if (leads > 0) {
                        leaders.put(group, Optional.of(node));
                    } else {
                        leaders.putIfAbsent(group, Optional.empty());
                    }
                }));
        List<GroupRow> rows = new ArrayList<>();
        leaders.forEach((group, leader) -> rows.add(leader.map(node -> row(group, before, node))
                .orElseGet(() -> new GroupRow(group, Optional.empty(), 0, 0, 0, 0, 0, 0, false))));
        return rows;
    }

    private static GroupRow row(String group, Map<String, NodeSample> before, NodeSample leader) {
        NodeSample earlier = before.getOrDefault(leader.id(), leader);
        NodeRow.Rate rate = new NodeRow.Rate(earlier, leader);
        return new GroupRow(
                group,
                Optional.of(leader.id()),
                rate.growth(
                        of(earlier, "parley_group_commit_index", group),
                        of(leader, "parley_group_commit_index", group)),
                (long) of(leader, "parley_group_follower_lag_entries", group),
                of(leader, "parley_group_follower_silent_seconds", group),
                (long) of(leader, "parley_outbox_pending", group),
                of(leader, "parley_outbox_oldest_seconds", group),
                (long) of(leader, "parley_outbox_dead_letters", group),
                of(leader, "parley_group_diverged", group) > 0);
    }

    private static double of(NodeSample node, String name, String group) {
        return node.metrics().sum(name, "group", group);
    }
}
