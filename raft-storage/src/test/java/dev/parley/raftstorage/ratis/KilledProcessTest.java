package dev.parley.raftstorage.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.LedgerMachine;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.SubmitOutcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process of its own, killed with SIGKILL in the middle of its writes, again and again on the same files.
class KilledProcessTest {
    private static final GroupId GROUP = new GroupId("p-001");
    private static final NodeId NODE = new NodeId("n1");
    private static final int KILLS = 2;

    @TempDir
    Path directory;

    @Test
    void everything_acknowledged_survives_every_kill_and_nothing_is_quarantined() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        Random random = new Random(11);
        for (int kill = 0; kill < KILLS; kill++) {
            acknowledged.addAll(runAndKill(kill, 50 + random.nextInt(400)));
        }

        TestNode node = new TestNode(NODE.value());
        RatisGroups<String> groups = start(node, directory);
        try {
            List<String> lines = new Reader(groups).read();
            assertThat(lines)
                    .as("seed 11")
                    .containsAll(acknowledged)
                    .doesNotHaveDuplicates()
                    .hasSizeGreaterThan(KILLS * 50);
            assertThat(groups.health().problems()).as("seed 11").isEmpty();
        } finally {
            groups.close();
        }
    }

    /// Starts a writer, kills it after so many acknowledgements.
    ///
    /// @return what it acknowledged
    private List<String> runAndKill(int round, int after) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                directory.toString(),
                Integer.toString(round)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> acknowledged = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null) {
                if (line.startsWith("ACK ")) {
                    acknowledged.add(line.substring(4));
                    if (acknowledged.size() == after) {
                        // The handle's way leaves the pipe open: what was acknowledged before is still read.
                        assertThat(process.toHandle().destroyForcibly()).isTrue();
                    }
                }
                line = out.readLine();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(acknowledged).as("round %d", round).hasSizeGreaterThanOrEqualTo(after);
        return acknowledged;
    }

    private static RatisGroups<String> start(TestNode node, Path directory) {
        return node.start(
                directory,
                Map.of(NODE, "127.0.0.1:" + TestNode.freePort()),
                Map.of(GROUP, List.of(NODE)),
                TestNode.Options.ALONE);
    }

    private record Reader(RatisGroups<String> groups) {
        List<String> read() {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> groups.status(GROUP).ready());
            ReadOutcome<List<String>> outcome =
                    groups.read(GROUP, LedgerMachine::read).join();
            assertThat(outcome).isInstanceOf(ReadOutcome.Done.class);
            return ((ReadOutcome.Done<List<String>>) outcome).value();
        }
    }

    /// The process that is killed: writes as fast as it can, and prints each line once it is acknowledged.
    static final class Writer {
        private Writer() {}

        /// Runs until it is killed.
        ///
        /// @param args directory, and a number that makes the lines of this run its own
        @SuppressWarnings("SystemOut")
        public static void main(String[] args) throws InterruptedException {
            RatisGroups<String> groups = start(new TestNode(NODE.value()), Path.of(args[0]));
            Semaphore window = new Semaphore(64);
            int next = 0;
            while (true) {
                if (!groups.status(GROUP).ready()) {
                    Thread.onSpinWait();
                    continue;
                }
                window.acquire();
                String line = args[1] + "/" + next++ + " " + "x".repeat(next % 3_000);
                CompletableFuture<SubmitOutcome<String>> outcome = groups.submit(GROUP, LedgerMachine.lines(line));
                var _ = outcome.thenAccept(answer -> {
                    if (answer instanceof SubmitOutcome.Applied<String>) {
                        System.out.println("ACK " + line);
                    }
                    window.release();
                });
            }
        }
    }
}
