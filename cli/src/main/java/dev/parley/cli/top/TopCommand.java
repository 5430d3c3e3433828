package dev.parley.cli.top;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.parley.cli.CommandFailed;
import dev.parley.cli.Screen;
import dev.parley.cli.admin.ClusterOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `parley top`: what the nodes do now, from their admin ports.
@Command(
        name = "top",
        description = "Shows live what nodes and partitions do: rates, latencies, lags, sessions. q ends it.",
        mixinStandardHelpOptions = true)
public final class TopCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final Duration ONCE = Duration.ofSeconds(1);
    private static final int EVERY_MAX = 3_600;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "How often it looks (default ${DEFAULT-VALUE}).")
    private int every = 2;

    @Option(names = "--once", description = "Looks twice, a second apart, and prints what was between.")
    private boolean once;

    @Option(names = "--json", description = "Prints JSON for programs; needs --once.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (json && !once) {
            throw new ParameterException(spec.commandLine(), "--json needs --once.");
        }
        if (every < 1 || every > EVERY_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "--every must be 1 to %d, but is %d.".formatted(EVERY_MAX, every));
        }
        if (once) {
            return printOnce();
        }
        if (!Screen.isInteractive()) {
            throw new ParameterException(spec.commandLine(), "parley top needs a terminal; without one, use --once.");
        }
        Map<String, NodeSample> first = sample();
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            new TopScreen(terminal, Duration.ofSeconds(every), this::sample).run(first);
        }
        return 0;
    }

    private int printOnce() throws IOException {
        Map<String, NodeSample> before = sample();
        pause();
        TopView view = TopView.between(before, sample());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JSON.writeValueAsString(view.json()));
        } else {
            view.lines(Integer.MAX_VALUE).forEach(out::println);
        }
        out.flush();
        return view.healthy() ? 0 : CommandFailed.FAILED;
    }

    private Map<String, NodeSample> sample() {
        Map<String, NodeSample> samples = new TreeMap<>();
        for (ClusterOptions.Node node : cluster.nodes()) {
            try {
                MetricsText metrics = MetricsText.parse(node.api().metrics());
                samples.put(node.id(), new NodeSample(node.id(), System.nanoTime(), node.status(), metrics));
            } catch (CommandFailed e) {
                samples.remove(node.id()); // it went between two calls, and is shown as one that does not answer
            }
        }
        return samples;
    }

    private static void pause() {
        try {
            var _ = new CountDownLatch(1).await(ONCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.failed("interrupted.");
        }
    }
}
