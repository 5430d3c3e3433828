package dev.parley.cli.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.cli.Confirm;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `parley repair`: throws away a replica that differs from the others, and has it fetched anew.
@Command(
        name = "repair",
        description = "Throws a replica away that differs from the others; a new one is fetched from them.",
        mixinStandardHelpOptions = true)
public final class RepairCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private AdminOptions admin = new AdminOptions();

    @Parameters(paramLabel = "PARTITION", description = "Such as p-003, or system.")
    private String group = "";

    @Option(
            names = "--node",
            paramLabel = "NODE",
            description = "Whose replica; by default the one that differs alone, as a comparison now finds.")
    private Optional<String> node = Optional.empty();

    @Option(names = "--rate", defaultValue = "0", paramLabel = "MB/s", description = "At most so much a second.")
    private int rate;

    @Option(names = "--yes", description = "Does not ask.")
    private boolean yes;

    @Option(names = "--wait", description = "Waits until the replica is thrown away.")
    private boolean wait;

    @Override
    public Integer call() {
        AdminApi api = admin.open();
        PrintWriter out = spec.commandLine().getOut();
        String suspect = node.orElseGet(() -> Verification.of(api, group, out).suspect());
        if (!yes) {
            Confirm.require("Throw away the replica of %s on %s?".formatted(group, suspect));
        }
        long job = api.order("groups/%s/repair/%s?rate=%d".formatted(group, suspect, rate), JSON.createObjectNode())
                .path("job")
                .asLong();
        out.println("job %d throws away the replica of %s on %s; a new one is fetched after it"
                .formatted(job, group, suspect));
        return wait ? JobWatch.await(api, job, out) : 0;
    }
}
