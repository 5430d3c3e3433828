package dev.parley.cli.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.parley.cli.Table;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `parley rebalance`: the jobs that move replicas; `--plan` and `--apply` spread them evenly.
@Command(
        name = "rebalance",
        description = "Shows the jobs that move replicas; plans, begins, pauses and ends them.",
        mixinStandardHelpOptions = true)
public final class RebalanceCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private AdminOptions admin = new AdminOptions();

    @Option(names = "--plan", description = "Shows what would be moved; changes nothing.")
    private boolean plan;

    @Option(names = "--apply", description = "Begins to spread replicas and leaders evenly.")
    private boolean apply;

    @Option(names = "--rate", defaultValue = "0", paramLabel = "MB/s", description = "At most so much a second.")
    private int rate;

    @Option(names = "--wait", description = "Waits for the end.")
    private boolean wait;

    @Option(names = "--json", description = "Prints JSON for programs.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        if (plan && apply) {
            throw new ParameterException(spec.commandLine(), "--plan and --apply exclude each other.");
        }
        AdminApi api = admin.open();
        PrintWriter out = spec.commandLine().getOut();
        if (apply) {
            long job = api.order("rebalance?rate=" + rate, JSON.createObjectNode())
                    .path("job")
                    .asLong();
            out.println("job " + job + " has begun");
            return wait ? JobWatch.await(api, job, out) : 0;
        }
        JsonNode answer = plan ? api.cluster("plan") : api.cluster().path("jobs");
        if (json) {
            out.println(JSON.writeValueAsString(answer));
        } else if (plan) {
            printPlan(answer, out);
        } else {
            answer.forEach(job -> out.println(JobWatch.line(job)));
            if (answer.isEmpty()) {
                out.println("no jobs yet");
            }
        }
        return 0;
    }

    private static void printPlan(JsonNode plan, PrintWriter out) {
        Table moves = new Table("PARTITION", "FROM", "TO", "SIZE");
        plan.path("moves")
                .forEach(move -> moves.row(
                        move.path("group").asText(),
                        move.path("remove").asText("-"),
                        move.path("add").asText("-"),
                        PartitionsCommand.size(move.path("bytes").asLong())));
        moves.print(out);
        out.printf(
                "%d moves, about %s; %d leaders would move as things are now%n%n",
                plan.path("moves").size(),
                PartitionsCommand.size(plan.path("bytes").asLong()),
                plan.path("leaderMoves").asInt());
        Table nodes = new Table("NODE", "REPLICAS", "AFTER", "LEADS");
        plan.path("nodes")
                .forEach(node -> nodes.row(
                        node.path("id").asText(),
                        node.path("replicas").asText(),
                        node.path("replicasAfter").asText(),
                        node.path("leads").asText()));
        nodes.print(out);
    }

    @Command(name = "pause", description = "Begins no further step.", mixinStandardHelpOptions = true)
    int pause(@Mixin AdminOptions options) {
        return control(options, "pause", "paused");
    }

    @Command(name = "resume", description = "Goes on.", mixinStandardHelpOptions = true)
    int resume(@Mixin AdminOptions options) {
        return control(options, "resume", "goes on");
    }

    @Command(
            name = "abort",
            description = "Gives the job up: moves that have begun are undone, or finished if it is too late for that.",
            mixinStandardHelpOptions = true)
    int abort(@Mixin AdminOptions options) {
        return control(options, "abort", "is being aborted");
    }

    private int control(AdminOptions options, String control, String what) {
        JsonNode answer = options.open().order("job/" + control, JSON.createObjectNode());
        spec.commandLine().getOut().println("job " + answer.path("job").asLong() + " " + what);
        return 0;
    }
}
