package dev.parley.cli.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `parley partition move|transfer-leader`: one replica, one leader.
@Command(name = "partition", description = "Moves one partition's replica or leader.", mixinStandardHelpOptions = true)
public final class PartitionCommand implements Runnable {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is needed: move or transfer-leader.");
    }

    @Command(name = "move", description = "Moves a replica to another node.", mixinStandardHelpOptions = true)
    int move(
            @Mixin AdminOptions admin,
            @Parameters(paramLabel = "PARTITION", description = "Such as p-003, or system.") String group,
            @Option(names = "--from", required = true, paramLabel = "NODE", description = "Who gives it up.")
                    String from,
            @Option(names = "--to", paramLabel = "NODE", description = "Who gets it; by default the best place.")
                    Optional<String> to,
            @Option(
                            names = "--rate",
                            defaultValue = "0",
                            paramLabel = "MB/s",
                            description = "At most so much a second.")
                    int rate,
            @Option(names = "--wait", description = "Waits for the end.") boolean wait) {
        AdminApi api = admin.open();
        String query = "?from=" + from + to.map(node -> "&to=" + node).orElse("") + "&rate=" + rate;
        long job = api.order("groups/" + group + "/move" + query, JSON.createObjectNode())
                .path("job")
                .asLong();
        PrintWriter out = spec.commandLine().getOut();
        out.println("job " + job + " moves " + group);
        return wait ? JobWatch.await(api, job, out) : 0;
    }

    @Command(name = "transfer-leader", description = "Lets another replica lead.", mixinStandardHelpOptions = true)
    int transferLeader(
            @Mixin AdminOptions admin,
            @Parameters(paramLabel = "PARTITION", description = "Such as p-003, or system.") String group,
            @Option(names = "--to", required = true, paramLabel = "NODE", description = "Who is to lead.") String to) {
        admin.open().order("groups/" + group + "/leader/" + to, JSON.createObjectNode());
        spec.commandLine().getOut().println(to + " leads " + group);
        return 0;
    }
}
