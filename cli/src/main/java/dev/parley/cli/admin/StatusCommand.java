package dev.parley.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.cli.CommandFailed;
import dev.parley.cli.Screen;
import dev.parley.cli.Table;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `parley status`: nodes and partitions, as a table or as JSON. Exit code 1 if something is wrong with the
/// cluster.
@Command(
        name = "status",
        description = "Shows nodes and partitions: leaders, terms, how far each got, what is wrong.",
        mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

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
        Map<String, JsonNode> answers = new TreeMap<>();
        cluster.nodes().forEach(node -> answers.put(node.id(), node.status()));
        return answers;
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
