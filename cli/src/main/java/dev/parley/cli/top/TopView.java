package dev.parley.cli.top;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.cli.Screen;
import dev.parley.cli.Table;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/// What a cluster does between two moments.
///
/// @param silent nodes of the cluster that did not answer
record TopView(String cluster, List<NodeRow> nodes, Set<String> silent, List<GroupRow> groups) {
    /// By the node's id.
    static TopView between(Map<String, NodeSample> before, Map<String, NodeSample> after) {
        List<NodeRow> rows = new ArrayList<>();
        Set<String> silent = new TreeSet<>();
        String cluster = "";
        for (NodeSample node : after.values()) {
            rows.add(NodeRow.between(before.getOrDefault(node.id(), node), node));
            JsonNode known = node.status().path("cluster");
            cluster = known.path("name").asText();
            known.path("nodes").forEach(other -> silent.add(other.path("id").asText()));
        }
        silent.removeAll(after.keySet());
        return new TopView(cluster, rows, silent, GroupRow.of(before, after));
    }

    /// Whether each node is ready and each group has a leader and replicas alike.
    boolean healthy() {
        return silent.isEmpty()
                && nodes.stream().allMatch(node -> node.troubles().isEmpty())
                && groups.stream().allMatch(group -> group.leader().isPresent() && !group.diverged());
    }

    /// The lines of the tables; groups with something to do or to say come first.
    ///
    /// @param groupsMax lines for groups
    List<String> lines(int groupsMax) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        nodeTable().print(out);
        out.println();
        groupTable(groupsMax).print(out);
        if (groups.size() > groupsMax) {
            out.println("… and %d more".formatted(groups.size() - groupsMax));
        }
        out.flush();
        return text.toString().lines().toList();
    }

    private Table nodeTable() {
        Table table = new Table(
                "NODE",
                "SENDS/s",
                "FAILED/s",
                "ACK p50 ms",
                "p99 ms",
                "DELIV/s",
                "SESSIONS",
                "CPU %",
                "HEAP %",
                "LEADS",
                "LAG",
                "OUTBOX",
                "AGE s",
                "UP",
                "HEALTH");
        for (NodeRow node : nodes) {
            table.row(
                    node.node(),
                    whole(node.sendsPerSecond()),
                    whole(node.failuresPerSecond()),
                    tenth(node.ackMillis50()),
                    tenth(node.ackMillis99()),
                    node.deliveriesPerSecond().isPresent()
                            ? whole(node.deliveriesPerSecond().getAsDouble())
                            : "-",
                    "%d".formatted(node.sessions()),
                    node.cpuPercent().isPresent() ? whole(node.cpuPercent().getAsDouble()) : "-",
                    whole(node.heapPercent()),
                    "%d".formatted(node.leads()),
                    "%d".formatted(node.lag()),
                    "%d".formatted(node.outboxPending()),
                    whole(node.outboxSeconds()),
                    words(node.uptime()),
                    node.troubles().isEmpty()
                            ? Screen.good("ready")
                            : Screen.bad(Screen.safe(String.join("; ", node.troubles()))));
        }
        for (String node : silent) {
            table.row(node, "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", Screen.bad("no answer"));
        }
        return table;
    }

    private Table groupTable(int max) {
        Table table = new Table("GROUP", "LEADER", "ENTRIES/s", "LAG", "SILENT s", "OUTBOX", "AGE s", "DEAD", "HEALTH");
        groups.stream()
                .sorted(Comparator.comparing((GroupRow group) -> health(group).isEmpty())
                        .thenComparing(GroupRow::entriesPerSecond, Comparator.reverseOrder())
                        .thenComparing(GroupRow::group))
                .limit(max)
                .forEach(group -> table.row(
                        group.group(),
                        group.leader().orElse("-"),
                        whole(group.entriesPerSecond()),
                        "%d".formatted(group.lag()),
                        tenth(OptionalDouble.of(group.silentSeconds())),
                        "%d".formatted(group.outboxPending()),
                        whole(group.outboxSeconds()),
                        "%d".formatted(group.deadLetters()),
                        health(group).isEmpty() ? Screen.good("ok") : Screen.bad(health(group))));
        return table;
    }

    private static String health(GroupRow group) {
        if (group.leader().isEmpty()) {
            return "no leader";
        }
        return group.diverged() ? "replicas differ" : "";
    }

    /// For programs.
    ObjectNode json() {
        ObjectNode json =
                JsonNodeFactory.instance.objectNode().put("cluster", cluster).put("healthy", healthy());
        nodes.forEach(node -> {
            ObjectNode row = json.withArray("nodes")
                    .addObject()
                    .put("node", node.node())
                    .put("ready", node.troubles().isEmpty());
            node.troubles().forEach(row.withArray("reasons")::add);
            row.put("sendsPerSecond", node.sendsPerSecond()).put("failuresPerSecond", node.failuresPerSecond());
            node.ackMillis50().ifPresent(value -> row.put("ackMillis50", value));
            node.ackMillis99().ifPresent(value -> row.put("ackMillis99", value));
            node.deliveriesPerSecond().ifPresent(value -> row.put("deliveriesPerSecond", value));
            node.cpuPercent().ifPresent(value -> row.put("cpuPercent", value));
            row.put("sessions", node.sessions())
                    .put("heapPercent", node.heapPercent())
                    .put("leads", node.leads())
                    .put("lag", node.lag())
                    .put("outboxPending", node.outboxPending())
                    .put("outboxSeconds", node.outboxSeconds())
                    .put("uptimeSeconds", node.uptime().toSeconds());
        });
        silent.forEach(json.withArray("silent")::add);
        groups.forEach(group -> {
            ObjectNode row = json.withArray("groups").addObject().put("group", group.group());
            group.leader().ifPresent(leader -> row.put("leader", leader));
            row.put("entriesPerSecond", group.entriesPerSecond())
                    .put("lag", group.lag())
                    .put("silentSeconds", group.silentSeconds())
                    .put("outboxPending", group.outboxPending())
                    .put("outboxSeconds", group.outboxSeconds())
                    .put("deadLetters", group.deadLetters())
                    .put("diverged", group.diverged());
        });
        return json;
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }

    private static String tenth(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.1f", value.getAsDouble()) : "-";
    }

    private static String words(Duration uptime) {
        if (uptime.toDays() > 0) {
            return "%dd%dh".formatted(uptime.toDays(), uptime.toHoursPart());
        }
        return uptime.toHours() > 0
                ? "%dh%dm".formatted(uptime.toHours(), uptime.toMinutesPart())
                : "%dm%ds".formatted(uptime.toMinutes(), uptime.toSecondsPart());
    }
}
