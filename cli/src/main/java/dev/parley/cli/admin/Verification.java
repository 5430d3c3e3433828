package dev.parley.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.cli.CommandFailed;
import dev.parley.cli.Screen;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The comparison of one group's replicas, put together from the node's answers, each of which is a part of it.
record Verification(
        String group,
        long rows,
        long bytes,
        Set<String> compared,
        Set<String> silent,
        List<JsonNode> differences,
        Optional<String> odd,
        String problem) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Compares a group from its beginning to its end.
    ///
    /// @param progress where a person is told how far it is
    static Verification of(AdminApi api, String group, PrintWriter progress) {
        long rows = 0;
        long bytes = 0;
        Set<String> compared = new LinkedHashSet<>();
        Set<String> silent = new LinkedHashSet<>();
        Set<String> odd = new LinkedHashSet<>();
        List<JsonNode> differences = new ArrayList<>();
        String from = "";
        String problem = "";
        while (from != null && problem.isEmpty()) {
            String query = from.isEmpty() ? "" : "?from=" + URLEncoder.encode(from, StandardCharsets.UTF_8);
            JsonNode part = api.order("groups/" + group + "/verify" + query, JSON.createObjectNode());
            rows += part.path("rows").asLong();
            bytes += part.path("bytes").asLong();
            part.path("compared").forEach(node -> compared.add(node.asText()));
            part.path("silent").forEach(node -> silent.add(node.asText()));
            part.path("differences").forEach(differences::add);
            if (!part.path("differences").isEmpty()) {
                odd.add(part.path("odd").asText(""));
            }
            problem = part.path("problem").asText();
            from = part.path("next").asText(null);
            if (Screen.isInteractive()) {
                progress.print("\r\u001b[K" + group + ": " + PartitionsCommand.size(bytes) + " compared");
                progress.flush();
            }
        }
        if (Screen.isInteractive()) {
            progress.print("\r\u001b[K");
            progress.flush();
        }
        Optional<String> oneOdd =
                odd.size() == 1 ? odd.stream().filter(node -> !node.isEmpty()).findFirst() : Optional.empty();
        return new Verification(group, rows, bytes, compared, silent, differences, oneOdd, problem);
    }

    boolean equal() {
        return differences.isEmpty() && silent.isEmpty() && problem.isEmpty();
    }

    /// In one cell of a table.
    String verdict() {
        if (equal()) {
            return Screen.good(compared.size() == 1 ? "one replica" : "equal");
        }
        List<String> troubles = new ArrayList<>();
        if (!differences.isEmpty()) {
            troubles.add("DIFFERENT in " + differences.size() + " ranges"
                    + odd.map(node -> ", " + node + " from the others").orElse(""));
        }
        if (!silent.isEmpty()) {
            troubles.add("not compared: " + String.join(",", silent));
        }
        if (!problem.isEmpty()) {
            troubles.add(problem);
        }
        return Screen.bad(Screen.safe(String.join("; ", troubles)));
    }

    ObjectNode json() {
        ObjectNode json = JSON.createObjectNode()
                .put("group", group)
                .put("equal", equal())
                .put("rows", rows)
                .put("bytes", bytes)
                .put("odd", odd.orElse(null))
                .put("problem", problem);
        ArrayNode nodes = json.putArray("compared");
        compared.forEach(nodes::add);
        ArrayNode missing = json.putArray("silent");
        silent.forEach(missing::add);
        ArrayNode ranges = json.putArray("differences");
        differences.forEach(ranges::add);
        return json;
    }

    /// The node to repair, as far as the comparison tells.
    String suspect() {
        return odd.orElseThrow(() -> CommandFailed.failed(
                equal()
                        ? "the replicas of " + group + " are equal: there is nothing to repair."
                        : "no replica of " + group
                                + " differs alone from two that are alike; name the one to throw away"
                                + " with --node, after a look at docs/runbook/repair.md."));
    }
}
