package dev.parley.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// One picture of the cluster, put together from what each node that answered knows.
///
/// @param nodes every node that any answer named, by id
/// @param partitions every Raft group, by name
public record ClusterView(String cluster, List<NodeView> nodes, List<PartitionView> partitions) {

    public ClusterView {
        nodes = List.copyOf(nodes);
        partitions = List.copyOf(partitions);
    }

    /// One node.
    ///
    /// @param answered whether its own admin port answered; if not, the rest is what others say
    public record NodeView(
            String id,
            String httpUrl,
            boolean answered,
            boolean ready,
            String version,
            long uptimeSeconds,
            long sessions,
            List<String> reasons) {
        public NodeView {
            reasons = List.copyOf(reasons);
        }
    }

    /// One partition.
    ///
    /// @param leader the node that leads in the highest term that anyone saw, if one does
    /// @param lag records that the slowest replica has still to store or apply
    public record PartitionView(
            String group,
            String state,
            Optional<String> leader,
            long term,
            long commitIndex,
            long appliedIndex,
            long lag,
            List<String> replicas,
            List<String> troubles) {
        public PartitionView {
            replicas = List.copyOf(replicas);
            troubles = List.copyOf(troubles);
        }

        public boolean healthy() {
            return troubles.isEmpty();
        }
    }

    public boolean healthy() {
        return nodes.stream().allMatch(NodeView::ready) && partitions.stream().allMatch(PartitionView::healthy);
    }

    /// Merges the answers of `GET /admin/v1/status`, by the id of the node that gave each.
    public static ClusterView merge(Map<String, JsonNode> answers) {
        JsonNode first = answers.values().iterator().next();
        Map<String, NodeView> nodes = new TreeMap<>();
        answers.values()
                .forEach(answer -> answer.path("cluster").path("nodes").forEach(node -> {
                    String id = node.path("id").asText();
                    nodes.putIfAbsent(id, silent(id, node.path("httpUrl").asText()));
                }));
        answers.forEach((id, answer) -> nodes.put(
                id,
                answering(
                        answer.path("node"),
                        nodes.getOrDefault(id, silent(id, "-")).httpUrl())));
        Map<String, List<Replica>> groups = new TreeMap<>();
        answers.forEach((id, answer) -> answer.path("partitions")
                .forEach(partition -> groups.computeIfAbsent(
                                partition.path("group").asText(), group -> new ArrayList<>())
                        .add(new Replica(id, partition))));
        List<PartitionView> partitions = groups.entrySet().stream()
                .map(group -> partition(group.getKey(), group.getValue()))
                .toList();
        return new ClusterView(first.path("cluster").path("name").asText(), List.copyOf(nodes.values()), partitions);
    }

    private static NodeView silent(String id, String httpUrl) {
        return new NodeView(id, httpUrl, false, false, "-", 0, 0, List.of("does not answer"));
    }

    private static NodeView answering(JsonNode node, String httpUrl) {
        return new NodeView(
                node.path("id").asText(),
                httpUrl,
                true,
                node.path("ready").asBoolean(),
                node.path("version").asText("-"),
                node.path("uptimeSeconds").asLong(),
                node.path("sessions").asLong(),
                texts(node.path("reasons")));
    }

    private static PartitionView partition(String group, List<Replica> seen) {
        // The leader's own view is the best; without one, the view in the highest term is.
        Replica best = seen.stream()
                .max(Comparator.comparingLong(Replica::term).thenComparing(Replica::leads))
                .orElseThrow();
        long applied = seen.stream().mapToLong(Replica::applied).min().orElse(0);
        long matched = followers(best)
                .mapToLong(f -> f.path("matchIndex").asLong())
                .min()
                .orElse(best.commit());
        List<String> troubles = new ArrayList<>();
        if (best.leader().isEmpty()) {
            troubles.add("no leader");
        }
        for (Replica replica : seen) {
            if (!replica.state().equals("RUNNING")) {
                troubles.add(replica.node() + " " + replica.state().toLowerCase(java.util.Locale.ROOT) + ": "
                        + replica.json().path("reason").asText());
            }
        }
        followers(best)
                .filter(follower -> follower.path("silentMillis").asLong() > SILENT_MILLIS)
                .forEach(follower -> troubles.add(follower.path("node").asText() + " silent for "
                        + follower.path("silentMillis").asLong() / 1000 + " s"));
        return new PartitionView(
                group,
                best.state(),
                best.leader(),
                best.term(),
                best.commit(),
                applied,
                Math.max(0, best.commit() - Math.min(applied, matched)),
                texts(best.json().path("replicas")),
                troubles);
    }

    /// A follower that said nothing for this long is called silent; heartbeats come several times a second.
    private static final long SILENT_MILLIS = 5_000;

    private static Stream<JsonNode> followers(Replica leader) {
        return elements(leader.json().path("followers"));
    }

    private static List<String> texts(JsonNode array) {
        return elements(array).map(JsonNode::asText).toList();
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        Collection<JsonNode> elements = new ArrayList<>();
        array.forEach(elements::add);
        return elements.stream();
    }

    /// A partition as one node sees it.
    private record Replica(String node, JsonNode json) {
        long term() {
            return json.path("term").asLong();
        }

        boolean leads() {
            return json.path("role").asText().equals("LEADER");
        }

        String state() {
            return json.path("state").asText();
        }

        long commit() {
            return json.path("commitIndex").asLong();
        }

        long applied() {
            return json.path("appliedIndex").asLong();
        }

        Optional<String> leader() {
            return Optional.of(json.path("leader").asText("")).filter(leader -> !leader.isEmpty());
        }
    }
}
