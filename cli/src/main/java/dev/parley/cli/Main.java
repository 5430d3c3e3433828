package dev.parley.cli;

import dev.parley.cli.admin.NodeCommand;
import dev.parley.cli.admin.OutboxCommand;
import dev.parley.cli.admin.PartitionCommand;
import dev.parley.cli.admin.PartitionsCommand;
import dev.parley.cli.admin.RebalanceCommand;
import dev.parley.cli.admin.RepairCommand;
import dev.parley.cli.admin.StatusCommand;
import dev.parley.cli.admin.TokenCommand;
import dev.parley.cli.admin.TraceCommand;
import dev.parley.cli.bench.BenchCommand;
import dev.parley.cli.chat.ChatCommand;
import dev.parley.cli.dev.DevCommand;
import dev.parley.cli.top.TopCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/// `parley` itself: knows the commands and turns how they end into an exit code (0 done, 1 failed, 2 a mistake
/// in the
/// call).
@Command(
        name = "parley",
        description = "Parley: a self-hosted chat server that never loses a message it acknowledged.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            DevCommand.class,
            TokenCommand.class,
            ChatCommand.class,
            StatusCommand.class,
            TopCommand.class,
            NodeCommand.class,
            PartitionsCommand.class,
            PartitionCommand.class,
            RebalanceCommand.class,
            RepairCommand.class,
            OutboxCommand.class,
            TraceCommand.class,
            BenchCommand.class
        },
        footer = {
            "",
            "More commands run a node's own program:",
            "  parley node --config FILE                 runs one node",
            "  parley config check|print --config FILE   checks or prints a node's configuration",
            "  parley push vapid --out FILE              makes a key for Web Push",
            "  parley doctor --config FILE               checks a host and a configuration",
            "  parley backup create|list|verify|restore|prune",
            "                                            backups of a cluster",
            "",
            "Exit codes: 0 done, 1 failed, 2 a mistake in the call."
        })
public final class Main implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int exitCode = run(out, err, args);
        out.flush();
        err.flush();
        System.exit(exitCode);
    }

    /// Runs one command and returns its exit code; the writers stand for standard output and standard error.
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        Screen.hasColour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::explainMistake)
                .setExecutionExceptionHandler(Main::explainFailure)
                .execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is needed.");
    }

    private static int explainMistake(ParameterException mistake, String[] args) {
        CommandLine command = mistake.getCommandLine();
        command.getErr().println("parley: " + mistake.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(mistake, command.getErr());
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return CommandFailed.MISTAKE;
    }

    /// Anything but [CommandFailed] is a defect of Parley: its stack trace is then what a bug report needs.
    private static int explainFailure(Exception failure, CommandLine command, ParseResult parsed) {
        if (failure instanceof CommandFailed failed) {
            command.getErr().println("parley: " + failed.sentence());
            return failed.exitCode();
        }
        command.getErr().println("parley: this is a defect of Parley, please report it with the lines below.");
        failure.printStackTrace(command.getErr());
        return CommandFailed.FAILED;
    }

    /// `parley --version`: Parley's version, and the JDK that runs it.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "parley " + (version == null ? "(not packaged)" : version) + ", JDK "
                        + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")"
            };
        }
    }
}
