package dev.parley.node;

import dev.parley.node.backup.BackupCommand;
import dev.parley.node.backup.BackupException;
import dev.parley.node.certs.CertsCommand;
import dev.parley.node.config.ConfigException;
import dev.parley.node.config.ConfigFile;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.config.PortCheck;
import dev.parley.node.config.StartupException;
import dev.parley.node.push.PushObserver;
import dev.parley.node.push.webpush.VapidCommand;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/// The process of one node: `parley node`, `config`, `certs`, `push`, `backup` and `doctor` run it.
///
/// A person's mistake ends it with one sentence on standard error and exit code 2, anything else that stops it
/// from
/// running with 1, and a broken part of a running node with [dev.parley.node.worker.Fault#FATAL_EXIT_CODE].
@Command(
        name = "parley node",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Runs one node of Parley until it is told to stop (SIGTERM or Ctrl-C).",
        subcommands = {Main.Config.class, Main.Push.class, CertsCommand.class, BackupCommand.class, DoctorCommand.class
        })
public final class Main implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int MISTAKE = 2;

    @Option(names = "--config", paramLabel = "FILE", description = "The node's settings: see parley.example.yaml.")
    private @Nullable Path file;

    @Option(
            names = "--join",
            paramLabel = "HOST:PORT",
            description = "Joins the cluster of the node with this peer port (cluster.join.address).")
    private @Nullable String join;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "What `parley node token` made (cluster.join.token-file).")
    private @Nullable Path tokenFile;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final NodeStarter starter;

    private Main(NodeStarter starter) {
        this.starter = starter;
    }

    public static void main(String[] args) {
        run(Node::start, args);
    }

    /// Runs what the arguments ask for, with any node, and ends the process.
    static void run(NodeStarter starter, String... args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(execute(starter, out, err, args));
    }

    /// Runs what the arguments ask for and returns the exit code; the writers stand for standard output and
    /// error.
    static int execute(NodeStarter starter, PrintWriter out, PrintWriter err, String... args) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        return new CommandLine(new Main(starter))
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(Main::explainMistake)
                .setExecutionExceptionHandler(Main::explainFailure)
                .execute(args);
    }

    @Override
    public Integer call() throws Exception {
        if (file == null) {
            throw new ParameterException(spec.commandLine(), "--config FILE is needed.");
        }
        if ((join == null) != (tokenFile == null)) {
            throw new ParameterException(spec.commandLine(), "--join HOST:PORT and --token-file FILE go together.");
        }
        Map<String, String> environment = new HashMap<>(System.getenv());
        if (join != null && tokenFile != null) {
            environment.put("PARLEY_CLUSTER_JOIN_ADDRESS", join);
            environment.put(
                    "PARLEY_CLUSTER_JOIN_TOKEN_FILE", tokenFile.toAbsolutePath().toString());
        }
        NodeConfig config = ConfigFile.load(file, environment).check().config();
        PortCheck.requireFree(config);
        NodeLife.run(starter, config, environment);
        return CommandLine.ExitCode.OK;
    }

    /// Reads settings, without a look at what they name.
    ///
    /// @throws ConfigException with one sentence
    static NodeConfig load(Path file) {
        return ConfigFile.load(file, System.getenv()).config();
    }

    /// Reads settings and checks all that can be checked without starting the node.
    ///
    /// @throws ConfigException with one sentence
    static NodeConfig check(Path file) {
        NodeConfig config = ConfigFile.load(file, System.getenv()).check().config();
        PushProviders.desk(config.push(), PushObserver.NONE, Clock.systemUTC()).close();
        return config;
    }

    private static int explainMistake(ParameterException mistake, String[] args) {
        CommandLine command = mistake.getCommandLine();
        command.getErr().println("parley: " + mistake.getMessage());
        String name = command.getCommandSpec().qualifiedName();
        // `parley backup` runs this program too.
        command.getErr().println("Try '" + name.replace("parley node backup", "parley backup") + " --help'.");
        return MISTAKE;
    }

    private static int explainFailure(Exception failure, CommandLine command, ParseResult parsed) {
        if (failure instanceof BackupException backup) {
            command.getErr().println("parley: " + backup.getMessage());
            return backup.isMistake() ? MISTAKE : FAILED;
        }
        Optional<String> sentence = sentence(failure);
        command.getErr()
                .println("parley: "
                        + sentence.orElse("this is a defect of Parley, please report it with the lines below."));
        if (sentence.isEmpty()) {
            failure.printStackTrace(command.getErr());
        }
        return sentence.isPresent() ? MISTAKE : FAILED;
    }

    /// What a person did wrong, if it was a person.
    private static Optional<String> sentence(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigException || cause instanceof StartupException) {
                return Optional.ofNullable(cause.getMessage());
            }
            if (cause instanceof BindException bind) {
                return Optional.of("a port of http, admin, raft-port or peer-port was taken while the node started ("
                        + bind.getMessage() + "); start it again or configure another.");
            }
        }
        return Optional.empty();
    }

    /// `parley config`: what a configuration says, without starting anything.
    @Command(
            name = "config",
            mixinStandardHelpOptions = true,
            description = "Checks or prints a node's settings.",
            subcommands = {ConfigCheck.class, ConfigPrint.class})
    static final class Config implements Runnable {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "A command is needed: check or print.");
        }
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Says whether a node could start with these settings, its secret files included.")
    static final class ConfigCheck implements Callable<Integer> {
        @Option(names = "--config", required = true, paramLabel = "FILE", description = "The node's settings.")
        private Path file = Path.of("");

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            NodeConfig config = check(file);
            spec.commandLine()
                    .getOut()
                    .println("%s is right: node %s of cluster %s, %d nodes, %d partitions, %d replicas of each"
                            .formatted(
                                    file,
                                    config.node().id(),
                                    config.cluster().name(),
                                    config.cluster().nodes().size(),
                                    config.cluster().partitions(),
                                    config.cluster().replicas()));
            return CommandLine.ExitCode.OK;
        }
    }

    @Command(
            name = "print",
            mixinStandardHelpOptions = true,
            description = "Prints the settings in force, with defaults, and where each came from. Never a secret.")
    static final class ConfigPrint implements Callable<Integer> {
        @Option(names = "--config", required = true, paramLabel = "FILE", description = "The node's settings.")
        private Path file = Path.of("");

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            out.print(ConfigFile.load(file, System.getenv()).print());
            out.flush();
            return CommandLine.ExitCode.OK;
        }
    }

    /// `parley push`: what the push providers need.
    @Command(
            name = "push",
            mixinStandardHelpOptions = true,
            description = "Makes what push providers need.",
            subcommands = VapidCommand.class)
    static final class Push implements Runnable {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "A command is needed: vapid.");
        }
    }

    /// The build, and the JDK that runs it.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "parley " + NodeVersion.current() + ", JDK " + System.getProperty("java.version") + " ("
                        + System.getProperty("java.vendor") + ")"
            };
        }
    }
}
