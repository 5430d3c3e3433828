package dev.parley.jepsen;

import dev.parley.jepsen.checker.Verdict;
import dev.parley.jepsen.cluster.NetnsCluster;
import dev.parley.jepsen.nemesis.Nemeses;
import dev.parley.jepsen.run.Run;
import dev.parley.jepsen.run.RunFolder;
import dev.parley.jepsen.run.RunOptions;
import dev.parley.jepsen.run.RunOptions.Backend;
import dev.parley.jepsen.run.Suite;
import dev.parley.jepsen.run.Verdicts;
import dev.parley.jepsen.run.Workloads;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `parley jepsen`: hurts a cluster while clients use it, and says whether it kept its promises.
@Command(
        name = "parley jepsen",
        description = "Hurts a cluster while clients use it, and says whether it kept its promises.",
        mixinStandardHelpOptions = true,
        footer = "Exit code: 0 valid, 1 invalid, 2 unknown or skipped.")
public final class Main {

    @Spec
    private @Nullable CommandSpec spec;

    public static void main(String[] args) {
        System.exit(commandLine(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .execute(args));
    }

    static CommandLine commandLine(PrintWriter out) {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExitCodeExceptionMapper(_ -> 2) // a run that broke says nothing
                .setOut(out);
    }

    @Command(description = "One run; prints its verdict and the folder with everything about it.")
    int run(
            @Option(names = "--workload", defaultValue = "chat-log", description = "what clients do: chat-log, …")
                    String workload,
            @Option(names = "--nemesis", defaultValue = "none", description = "what hurts: kill-one, pause-leader, …")
                    String nemesis,
            @Option(names = "--time", defaultValue = "60", description = "seconds (${DEFAULT-VALUE})") int seconds,
            @Option(names = "--backend", defaultValue = "local", description = "${COMPLETION-CANDIDATES}")
                    Backend backend,
            @Option(names = "--seed", description = "replays generators and nemesis") @Nullable Long seed,
            @Option(names = "--store", defaultValue = "store", description = "where the folders go") Path store)
            throws IOException, InterruptedException {
        known(workload, nemesis);
        long chosen = seed != null ? seed : new SplittableRandom().nextLong(1, 1_000_000);
        PrintWriter out = commandSpec().commandLine().getOut();
        out.printf("%s under %s for %d s, seed %d%n", workload, nemesis, seconds, chosen);
        Run.Result result =
                new Run(new RunOptions(workload, nemesis, seconds, backend, chosen, store), Clock.systemUTC()).run();
        if (result.verdicts().isEmpty()) {
            out.println("skipped: " + result.skipped());
        } else {
            print(result.verdicts().get(), out);
            out.println(result.folder().orElseThrow().resolve("index.html"));
        }
        return result.exitCode();
    }

    @Command(
            description = "Many runs: smoke (local, 2 minutes), standard (each nemesis once), soak (an hour of mixed).")
    int suite(
            @Parameters(paramLabel = "NAME", description = "smoke, standard or soak") String name,
            @Option(names = "--backend", defaultValue = "local", description = "${COMPLETION-CANDIDATES}")
                    Backend backend,
            @Option(names = "--seed", defaultValue = "1", description = "of every run (${DEFAULT-VALUE})") long seed,
            @Option(names = "--store", defaultValue = "store", description = "where the folders go") Path store)
            throws IOException, InterruptedException {
        try {
            return new Suite(Suite.named(name, backend, seed, store), Main::commandOf)
                    .run(commandSpec().commandLine().getOut());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandSpec().commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /// This JVM's own command line with other arguments.
    private static List<String> commandOf(RunOptions run) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "run"));
        command.addAll(List.of("--workload", run.workload(), "--nemesis", run.nemesis()));
        command.addAll(List.of(
                "--time",
                Integer.toString(run.seconds()),
                "--backend",
                run.backend().name()));
        command.addAll(List.of(
                "--seed", Long.toString(run.seed()), "--store", run.store().toString()));
        return command;
    }

    @Command(description = "Checks a recorded run again.")
    int check(@Parameters(paramLabel = "FOLDER", description = "of a run") Path folder) throws IOException {
        if (!Files.isRegularFile(folder.resolve("history.jsonl"))) {
            throw new ParameterException(commandSpec().commandLine(), folder + " is no folder of a run");
        }
        Verdicts verdicts = RunFolder.check(folder);
        print(verdicts, commandSpec().commandLine().getOut());
        return verdicts.exitCode();
    }

    @Command(description = "Removes namespaces, disks and processes that a broken run has left.")
    int clean() throws InterruptedException {
        NetnsCluster.clean();
        return 0;
    }

    private void known(String workload, String nemesis) {
        try {
            Workloads.of(workload);
            Nemeses.need(nemesis);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandSpec().commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private CommandSpec commandSpec() {
        if (spec == null) {
            throw new IllegalStateException("picocli sets it");
        }
        return spec;
    }

    private static void print(Verdicts verdicts, PrintWriter out) {
        for (Verdict verdict : verdicts.verdicts()) {
            out.printf("%-8s %-14s %s%n", verdict.kind(), verdict.checker(), verdict.summary());
        }
        out.println(verdicts.whole());
    }
}
