package dev.parley.cli.bench;

import dev.parley.cli.CommandFailed;
import dev.parley.cli.Durations;
import dev.parley.protocol.Limits;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `parley bench`. Exit code 1 if anything was lost, doubled or out of order.
@Command(
        name = "bench",
        description = "Drives a running cluster with WebSocket clients, measures, and checks what came back.",
        subcommands = {IdleCommand.class, SyncCommand.class},
        mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private BenchTarget target = new BenchTarget();

    @Option(
            names = "--pairs",
            paramLabel = "N",
            description = "Pairs of users, one sending to the other (default 100, or none with --groups).")
    private Optional<Integer> pairs = Optional.empty();

    @Option(
            names = "--groups",
            paramLabel = "N",
            defaultValue = "0",
            description = "Groups, all of whose members are connected (default ${DEFAULT-VALUE}).")
    private int groups = 0;

    @Option(
            names = "--members",
            paramLabel = "N",
            defaultValue = "50",
            description = "Members of each group (default ${DEFAULT-VALUE}).")
    private int members = 50;

    @Option(
            names = "--senders",
            paramLabel = "N",
            defaultValue = "1",
            description = "Members of each group who send; the others receive (default ${DEFAULT-VALUE}).")
    private int senders = 1;

    @ArgGroup(heading = "How hard (one of the two; default a window of 4):%n")
    private Load load = new Load();

    /// How hard.
    static final class Load {
        @Option(
                names = "--window",
                paramLabel = "W",
                description = "Closed loop: messages that each sender keeps on their way.")
        private Optional<Integer> window = Optional.empty();

        @Option(
                names = "--rate",
                paramLabel = "R",
                description = "Open loop: messages per second over all senders, whatever the server does.")
        private Optional<Long> rate = Optional.empty();
    }

    @Option(
            names = "--duration",
            paramLabel = "S",
            defaultValue = "30s",
            converter = Durations.class,
            description = "Measured time (default ${DEFAULT-VALUE}).")
    private Duration duration = Duration.ofSeconds(30);

    @Option(
            names = "--warmup",
            paramLabel = "S",
            defaultValue = "5s",
            converter = Durations.class,
            description = "Time before it, of which only the checks take note (default ${DEFAULT-VALUE}).")
    private Duration warmUp = Duration.ofSeconds(5);

    @Option(
            names = "--size",
            paramLabel = "B",
            defaultValue = "200",
            description = "Bytes of each text (default ${DEFAULT-VALUE}).")
    private int size = 200;

    @Option(names = "--corpus", paramLabel = "FILE", description = "Takes texts from a file of {\"text\": …} lines.")
    private Optional<Path> corpus = Optional.empty();

    @Option(
            names = "--send-deadline",
            paramLabel = "S",
            defaultValue = "30s",
            converter = Durations.class,
            description = "A message that is not acknowledged by then is an error (default ${DEFAULT-VALUE}).")
    private Duration sendDeadline = Duration.ofSeconds(30);

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the result as JSON; - for standard output.")
    private Optional<Path> json = Optional.empty();

    @Override
    public Integer call() throws InterruptedException {
        BenchPlan plan = plan();
        Bodies bodies = corpus.isPresent() ? Bodies.fromCorpus(corpus.get()) : Bodies.ofSize(size);
        Meters meters = new Meters();
        PrintWriter err = spec.commandLine().getErr();
        err.printf("parley: connecting %d users%n", plan.shape().users());
        List<Room> all = new BenchSetup(plan, target.users(), bodies, meters).rooms();
        BenchRun run = new BenchRun(plan, all, meters, err);
        BenchRun.Measured measured = run.run();
        run.awaitStragglers();
        for (BenchLink link :
                all.stream().flatMap(room -> room.links().stream()).toList()) {
            link.stop();
        }
        err.println("parley: reading the history back");
        Findings findings = HistoryCheck.check(all, bodies);
        BenchReport report = new BenchReport(plan, measured, meters, findings, all);
        write(report);
        return findings.clean() ? 0 : CommandFailed.FAILED;
    }

    private BenchPlan plan() {
        BenchPlan.Shape shape = shape();
        int window = load.window.orElse(4);
        if (load.rate.isEmpty() && (window < 1 || window > 10_000)) {
            throw CommandFailed.mistake("--window must be 1 to 10000, not " + window + ".");
        }
        if (load.rate.filter(rate -> rate < 1).isPresent()) {
            throw CommandFailed.mistake("--rate must be 1 or more.");
        }
        if (duration.toSeconds() < 1) {
            throw CommandFailed.mistake("--duration must be a second or more.");
        }
        return new BenchPlan(
                target.urls(),
                shape,
                load.rate.isPresent() ? OptionalInt.empty() : OptionalInt.of(window),
                load.rate.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                warmUp,
                duration,
                sendDeadline);
    }

    private BenchPlan.Shape shape() {
        int pairsOrDefault = pairs.orElse(groups > 0 ? 0 : 100);
        if (pairsOrDefault < (groups > 0 ? 0 : 1) || pairsOrDefault > 50_000) {
            throw CommandFailed.mistake("--pairs must be 1 to 50000, not " + pairsOrDefault + ".");
        }
        if (groups < 0 || groups > 10_000) {
            throw CommandFailed.mistake("--groups must be 0 to 10000, not " + groups + ".");
        }
        if (members < 2 || members > Limits.GROUP_MEMBERS_MAX) {
            throw CommandFailed.mistake(
                    "--members must be 2 to " + Limits.GROUP_MEMBERS_MAX + ", not " + members + ".");
        }
        if (senders < 1 || senders >= members) {
            throw CommandFailed.mistake("--senders must be 1 to " + (members - 1) + ", not " + senders + ".");
        }
        return new BenchPlan.Shape(pairsOrDefault, groups, members, senders);
    }

    private void write(BenchReport report) {
        PrintWriter out = spec.commandLine().getOut();
        Optional<Path> file = json.filter(path -> !path.equals(Path.of("-")));
        if (json.isPresent() && file.isEmpty()) {
            out.println(report.json());
            return;
        }
        report.print(out);
        if (file.isPresent()) {
            try {
                Files.writeString(file.get(), report.json() + "\n");
            } catch (IOException e) {
                throw CommandFailed.mistake("cannot write " + file.get() + ": " + e.getMessage() + ".");
            }
        }
    }
}
