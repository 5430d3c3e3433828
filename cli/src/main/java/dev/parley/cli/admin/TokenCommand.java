package dev.parley.cli.admin;

import dev.parley.cli.CommandFailed;
import dev.parley.cli.Durations;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `parley token`: prints a bearer token and nothing else, so that `TOKEN=$(parley token --user alice)` works.
@Command(
        name = "token",
        description = "Prints a bearer token for a user, whose account is made if there is none.",
        mixinStandardHelpOptions = true)
public final class TokenCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private AdminOptions admin = new AdminOptions();

    @Option(names = "--user", required = true, paramLabel = "USER", description = "The user's id.")
    private String user = "";

    @Option(
            names = "--ttl",
            paramLabel = "DURATION",
            defaultValue = "24h",
            converter = Durations.class,
            description = "How long the token is good for (default ${DEFAULT-VALUE}).")
    private Duration ttl = Duration.ofHours(24);

    @Override
    public Integer call() {
        if (user.isBlank()) {
            throw CommandFailed.mistake("--user must not be empty.");
        }
        if (ttl.toSeconds() < 1) {
            throw CommandFailed.mistake("--ttl must be a second or more.");
        }
        spec.commandLine().getOut().println(admin.open().issueToken(user, ttl).token());
        return 0;
    }
}
