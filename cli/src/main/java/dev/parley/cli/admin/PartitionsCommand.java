package dev.parley.cli.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.parley.cli.CommandFailed;
import dev.parley.cli.Screen;
import dev.parley.cli.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `parley partitions`: where each group's replicas are and how they are. Exit code 1 if one is not sound.
@Command(
        name = "partitions",
        description = "Shows where each partition's replicas are, who leads, sizes, lags, what is wrong.",
        mixinStandardHelpOptions = true)
public final class PartitionsCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private AdminOptions admin = new AdminOptions();

    @Option(
            names = "--verify",
            description = "Compares all replicas, row by row, each range at one log index. Reads everything.")
    private boolean verify;

    @Option(names = "--json", description = "Prints JSON for programs.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        AdminApi api = admin.open();
        JsonNode groups = api.cluster().path("groups");
        if (verify) {
            return verify(api, groups);
        }
        PrintWriter out = spec.commandLine().getOut();
        boolean sound = true;
        Table table = new Table("PARTITION", "REPLICAS", "LEADER", "SIZE", "ENTRIES", "LAG", "HEALTH");
        for (JsonNode group : groups) {
            List<String> troubles = texts(group.path("troubles"));
            List<String> placement = texts(group.path("placement"));
            List<String> voters = texts(group.path("voters"));
            if (!voters.isEmpty() && !(placement.containsAll(voters) && voters.containsAll(placement))) {
                troubles.add("voters now " + String.join(",", voters));
            }
            sound &= troubles.isEmpty();
            table.row(
                    group.path("group").asText(),
                    String.join(",", placement),
                    group.path("leader").asText("-"),
                    size(group.path("bytes").asLong()),
                    group.path("entries").asText(),
                    group.path("lag").asText(),
                    troubles.isEmpty() ? Screen.good("ok") : Screen.bad(Screen.safe(String.join("; ", troubles))));
        }
        if (json) {
            out.println(JSON.writeValueAsString(groups));
        } else {
            table.print(out);
        }
        return sound ? 0 : CommandFailed.FAILED;
    }

    private int verify(AdminApi api, JsonNode groups) throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        List<Verification> found = new ArrayList<>();
        groups.forEach(
                group -> found.add(Verification.of(api, group.path("group").asText(), out)));
        if (json) {
            ArrayNode all = JSON.createArrayNode();
            found.forEach(one -> all.add(one.json()));
            out.println(JSON.writeValueAsString(all));
        } else {
            Table table = new Table("PARTITION", "COMPARED", "ROWS", "SIZE", "REPLICAS ARE");
            found.forEach(one -> table.row(
                    one.group(),
                    String.join(",", one.compared()),
                    "%,d".formatted(one.rows()),
                    size(one.bytes()),
                    one.verdict()));
            table.print(out);
        }
        return found.stream().allMatch(Verification::equal) ? 0 : CommandFailed.FAILED;
    }

    static String size(long bytes) {
        return bytes < 10L << 20 ? (bytes >> 10) + " KB" : (bytes >> 20) + " MB";
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
