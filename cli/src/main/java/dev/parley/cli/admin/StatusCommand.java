package dev.parley.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.cli.CommandFailed;
import dev.parley.cli.HttpUrl;
import dev.parley.cli.Screen;
import dev.parley.cli.Table;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `parley status`: nodes and partitions, as a table or as JSON. Exit code 1 if something is wrong with the cluster.
@Command(
        name = "status",
        description = "Shows nodes and partitions: leaders, terms, how far each got, what is wrong.",
        mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {

    private static final URI DEFAULT_ADMIN = URI.create("http://127.0.0.1:9080");

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--admin",
            converter = HttpUrl.class,
            paramLabel = "URL",
            split = ",",
            description = {
                "The admin ports of the nodes (default http://127.0.0.1:9080). With one of a",
                "cluster on this machine, the others are found by the distance of its ports."
            })
    private List<URI> admins = List.of();

    @Option(
            names = "--admin-token-file",
            paramLabel = "FILE",
            description = "A file with the admin token, if the nodes want one; else PARLEY_ADMIN_TOKEN.")
    private Optional<Path> tokenFile = Optional.empty();

    @Option(names = "--json", description = "Prints JSON for programs.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        ClusterView view = ClusterView.merge(ask());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode tree = JSON.createObjectNode();
            tree.put("cluster", view.cluster());
            tree.put("healthy", view.healthy());
            view.nodes().forEach(node -> tree.withArray("nodes").addPOJO(node));
            view.partitions().forEach(partition -> tree.withArray("partitions").add(asJson(partition)));
            out.println(JSON.writeValueAsString(tree));
        } else {
            printNodes(view, out);
            out.println();
            printPartitions(view, out);
        }
        return view.healthy() ? 0 : CommandFailed.FAILED;
    }

    private Map<String, JsonNode> ask() {
        Optional<String> token = AdminApi.tokenFrom(tokenFile);
        Map<String, JsonNode> answers = new TreeMap<>();
        Deque<URI> open = new ArrayDeque<>(admins.isEmpty() ? List.of(DEFAULT_ADMIN) : admins);
        Set<URI> asked = new LinkedHashSet<>();
        Optional<CommandFailed> failure = Optional.empty();
        while (!open.isEmpty()) {
            URI admin = open.removeFirst();
            if (!asked.add(admin)) {
                continue;
            }
            try {
                JsonNode answer = new AdminApi(admin, token).status();
                answers.put(answer.path("node").path("id").asText(), answer);
                if (admins.size() <= 1) {
                    open.addAll(siblings(admin, answer));
                }
            } catch (CommandFailed e) {
                failure = Optional.of(e);
            }
        }
        if (answers.isEmpty()) {
            throw failure.orElseThrow();
        }
        return answers;
    }

    /// The admin ports of the other nodes on this machine: as far from their HTTP ports as this one is from its own. A
    /// guess, which `parley dev` makes true; what does not answer there is shown as a node that does not answer.
    private static List<URI> siblings(URI admin, JsonNode answer) {
        List<URI> siblings = new ArrayList<>();
        String id = answer.path("node").path("id").asText();
        int distance = 0;
        for (JsonNode node : answer.path("cluster").path("nodes")) {
            URI http = URI.create(node.path("httpUrl").asText());
            if (node.path("id").asText().equals(id) && Objects.equals(http.getHost(), admin.getHost())) {
                distance = admin.getPort() - http.getPort();
            }
        }
        for (JsonNode node : answer.path("cluster").path("nodes")) {
            URI http = URI.create(node.path("httpUrl").asText());
            if (distance != 0 && http.getPort() > 0 && Objects.equals(http.getHost(), admin.getHost())) {
                siblings.add(URI.create("http://" + http.getHost() + ":" + (http.getPort() + distance)));
            }
        }
        return siblings;
    }

    private static ObjectNode asJson(ClusterView.PartitionView partition) {
        ObjectNode tree = JSON.createObjectNode();
        tree.put("group", partition.group());
        tree.put("state", partition.state());
        tree.put("leader", partition.leader().orElse(null));
        tree.put("term", partition.term());
        tree.put("commitIndex", partition.commitIndex());
        tree.put("appliedIndex", partition.appliedIndex());
        tree.put("lag", partition.lag());
        tree.put("healthy", partition.healthy());
        partition.replicas().forEach(tree.withArray("replicas")::add);
        partition.troubles().forEach(tree.withArray("troubles")::add);
        return tree;
    }

    private static void printNodes(ClusterView view, PrintWriter out) {
        Table table = new Table("NODE", "URL", "VERSION", "UP", "SESSIONS", "HEALTH");
        for (ClusterView.NodeView node : view.nodes()) {
            table.row(
                    node.id(),
                    node.httpUrl(),
                    node.version(),
                    node.answered() ? upTime(node.uptimeSeconds()) : "-",
                    node.answered() ? Long.toString(node.sessions()) : "-",
                    health(node.ready(), node.reasons()));
        }
        table.print(out);
    }

    private static void printPartitions(ClusterView view, PrintWriter out) {
        Table table =
                new Table("PARTITION", "STATE", "LEADER", "TERM", "COMMIT", "APPLIED", "LAG", "REPLICAS", "HEALTH");
        for (ClusterView.PartitionView partition : view.partitions()) {
            table.row(
                    partition.group(),
                    partition.state().toLowerCase(java.util.Locale.ROOT),
                    partition.leader().orElse("-"),
                    Long.toString(partition.term()),
                    Long.toString(partition.commitIndex()),
                    Long.toString(partition.appliedIndex()),
                    Long.toString(partition.lag()),
                    String.join(",", partition.replicas()),
                    health(partition.healthy(), partition.troubles()));
        }
        table.print(out);
    }

    /// Stands in the last column, so that colours cannot disturb the alignment.
    private static String health(boolean good, List<String> reasons) {
        if (good) {
            return Screen.good("ok");
        }
        return Screen.bad(reasons.isEmpty() ? "not ready" : Screen.safe(String.join("; ", reasons)));
    }

    private static String upTime(long seconds) {
        Duration up = Duration.ofSeconds(seconds);
        return up.toHours() > 0
                ? up.toHours() + "h" + up.toMinutesPart() + "m"
                : up.toMinutes() + "m" + up.toSecondsPart() + "s";
    }
}
