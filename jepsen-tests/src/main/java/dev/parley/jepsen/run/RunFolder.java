package dev.parley.jepsen.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.jepsen.history.Edn;
import dev.parley.jepsen.history.History;
import dev.parley.jepsen.history.HistoryFiles;
import dev.parley.jepsen.report.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// The folder of a run: the history as EDN and JSON lines, what was run, the nodes' logs; and, from those, the
/// results
/// and the page.
public final class RunFolder {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String RUN = "run.json";
    private static final String HISTORY = "history.jsonl";

    static void write(Path folder, RunOptions options, History history) throws IOException {
        HistoryFiles.writeEdn(history, folder.resolve("history.edn"));
        HistoryFiles.writeJsonLines(history, folder.resolve(HISTORY));
        String nemesis = history.nemesis()
                .map(op -> "%8.1f s  %-28s %s  %s"
                        .formatted(
                                op.seconds(),
                                op.f(),
                                Edn.write(op.value()),
                                op.note().orElse("")))
                .collect(Collectors.joining("\n", "", "\n"));
        Files.writeString(folder.resolve("nemesis.log"), nemesis);
        ObjectNode run = JSON.createObjectNode()
                .put("workload", options.workload())
                .put("nemesis", options.nemesis())
                .put("seconds", options.seconds())
                .put("backend", options.backend().name().toLowerCase(Locale.ROOT))
                .put("seed", options.seed())
                .put("command", options.command());
        ObjectNode versions = run.putObject("versions");
        versions.put("Java", Runtime.version().toString());
        versions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        versions.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        Files.writeString(folder.resolve(RUN), JSON.writeValueAsString(run) + "\n");
    }

    /// Checks what a folder holds, and writes results and page anew.
    public static Verdicts check(Path folder) throws IOException {
        JsonNode run = JSON.readTree(folder.resolve(RUN).toFile());
        History history = HistoryFiles.readJsonLines(folder.resolve(HISTORY));
        Verdicts verdicts =
                Verdicts.of(history, Workloads.of(run.path("workload").asText()), folder);
        ObjectNode results = verdicts.json();
        results.set("run", run);
        Files.writeString(folder.resolve("results.json"), JSON.writeValueAsString(results) + "\n");
        Map<String, String> versions = new LinkedHashMap<>();
        run.path("versions")
                .properties()
                .forEach(entry -> versions.put(entry.getKey(), entry.getValue().asText()));
        String title =
                run.path("workload").asText() + " under " + run.path("nemesis").asText();
        Page.Head head = new Page.Head(title, run.path("command").asText(), verdicts.whole(), versions);
        Files.writeString(folder.resolve("index.html"), Page.of(head, history, verdicts.verdicts()));
        return verdicts;
    }

    private RunFolder() {}
}
