package dev.parley.jepsen.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.jepsen.nemesis.Nemeses;
import dev.parley.jepsen.run.RunOptions.Backend;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Many runs, one after the other, each in a process of its own; at the end a table of what became of them.
public final class Suite {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<RunOptions> runs;
    private final Command command;

    /// The command line that starts a run.
    public interface Command {
        List<String> of(RunOptions run);
    }

    /// @param runs in this order
    public Suite(List<RunOptions> runs, Command command) {
        this.runs = List.copyOf(runs);
        this.command = command;
    }

    /// Which runs a suite of this name has.
    ///
    /// @throws IllegalArgumentException if there is no such suite
    public static List<RunOptions> named(String name, Backend backend, long seed, Path store) {
        List<RunOptions> runs = new ArrayList<>();
        switch (name) {
            case "smoke" -> {
                runs.add(new RunOptions("chat-log", "none", 15, backend, seed, store));
                runs.add(new RunOptions("exactly-once", "mixed-processes", 45, backend, seed, store));
            }
            case "standard" -> {
                for (String nemesis : Nemeses.names()) {
                    if (!nemesis.startsWith("red-")) {
                        runs.add(new RunOptions("chat-log", nemesis, 40, backend, seed, store));
                    }
                }
                for (String workload : Workloads.names()) {
                    runs.add(new RunOptions(workload, "mixed-processes", 40, backend, seed, store));
                }
            }
            case "soak" -> runs.add(new RunOptions("chat-log", "mixed", 3_600, backend, seed, store));
            default ->
                throw new IllegalArgumentException(
                        "there is no suite " + name + "; there are smoke, standard and soak");
        }
        return runs;
    }

    /// Runs all of them.
    ///
    /// @return the exit code: 1 if one is invalid, else 2 if one is unknown or was skipped
    public int run(PrintWriter out) throws IOException, InterruptedException {
        boolean invalid = false;
        boolean unknown = false;
        StringBuilder table = new StringBuilder("""
                | workload | nemesis | seconds | seed | operations | acknowledged | lost | recovery ms | verdict |
                |---|---|---|---|---|---|---|---|---|
                """);
        for (RunOptions run : runs) {
            int code = new ProcessBuilder(command.of(run)).inheritIO().start().waitFor();
            invalid |= code == 1;
            unknown |= code != 0 && code != 1;
            table.append(row(run, code));
        }
        out.println(table);
        return invalid ? 1 : unknown ? 2 : 0;
    }

    private static String row(RunOptions run, int code) throws IOException {
        Optional<JsonNode> results = code > 2 ? Optional.empty() : newest(run);
        if (results.isEmpty()) {
            return "| %s | %s | %d | %d | | | | | %s |%n"
                    .formatted(run.workload(), run.nemesis(), run.seconds(), run.seed(), "skipped or broken");
        }
        JsonNode checkers = results.get().path("checkers");
        JsonNode recovery = checkers.path("liveness").path("figures");
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %d | %d | %d | %d | %d / %d | %s |%n",
                run.workload(),
                run.nemesis(),
                run.seconds(),
                run.seed(),
                figure(checkers, "stats", "invoke"),
                figure(checkers, "lost", "acknowledged"),
                figure(checkers, "lost", "lost"),
                recovery.path("recovery-p50-ms").asLong(),
                recovery.path("recovery-max-ms").asLong(),
                results.get().path("valid").asText());
    }

    private static long figure(JsonNode checkers, String checker, String figure) {
        return checkers.path(checker).path("figures").path(figure).asLong();
    }

    private static Optional<JsonNode> newest(RunOptions run) throws IOException {
        String end = "-%s-%s-%d".formatted(run.workload(), run.nemesis(), run.seed());
        if (!Files.isDirectory(run.store())) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(run.store())) {
            Optional<Path> results = folders.filter(
                            folder -> folder.getFileName().toString().endsWith(end))
                    .max(Comparator.naturalOrder())
                    .map(folder -> folder.resolve("results.json"))
                    .filter(Files::isRegularFile);
            return results.isPresent() ? Optional.of(JSON.readTree(results.get().toFile())) : Optional.empty();
        }
    }
}
