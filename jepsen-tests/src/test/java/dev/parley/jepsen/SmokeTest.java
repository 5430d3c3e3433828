package dev.parley.jepsen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.jepsen.checker.Verdict;
import dev.parley.jepsen.run.Run;
import dev.parley.jepsen.run.RunOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A short run of `parley jepsen`: three node processes, clients over REST and WebSocket, kills and pauses.
class SmokeTest {

    private static final int SECONDS = 25;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_cluster_whose_nodes_are_killed_and_paused_keeps_its_promises() throws Exception {
        long seed = new SplittableRandom().nextLong(1, 1_000_000);
        RunOptions options = new RunOptions(
                "chat-log", "mixed-processes", SECONDS, RunOptions.Backend.LOCAL, seed, folder.resolve("store"));

        Run.Result result = new Run(options, Clock.systemUTC()).run();

        assertThat(result.verdicts())
                .as("seed %d", seed)
                .hasValueSatisfying(verdicts -> assertThat(verdicts.whole())
                        .as("seed %d: %s", seed, verdicts)
                        .isEqualTo(Verdict.Kind.VALID));
        Path run = result.folder().orElseThrow();
        assertThat(run).isDirectoryContaining("glob:**.{edn,jsonl,html}");
        assertThat(run.resolve("index.html")).content().contains("<svg").contains("seed " + seed);
    }
}
