package dev.parley.cli.dev;

import dev.parley.cli.CommandFailed;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One running node: a child JVM whose output goes to its log file. The child gets this process's id and ends by
/// itself when this process is gone, so that not even `kill -9` leaves nodes behind.
final class NodeProcess {

    private static final String MAIN_CLASS = "dev.parley.node.Main";
    private static final int LAST_WORDS_BYTES = 4_096;

    private final DevPlan.DevNode node;
    private final Process process;
    private final long logStart;

    private NodeProcess(DevPlan.DevNode node, Process process, long logStart) {
        this.node = node;
        this.process = process;
        this.logStart = logStart;
    }

    /// Starts the node; it listens some seconds later, when `/readyz` says so.
    ///
    /// @param launch the `java` to use, class path and JVM flags of a node
    static NodeProcess start(DevPlan.DevNode node, NodeLaunch launch) {
        List<String> command = new ArrayList<>();
        command.add(launch.java());
        command.addAll(launch.flags());
        command.addAll(List.of(
                "-cp",
                launch.classPath(),
                MAIN_CLASS,
                "--config",
                node.configFile().toString()));
        try {
            long logStart = Files.exists(node.logFile()) ? Files.size(node.logFile()) : 0;
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(node.logFile().toFile()));
            builder.environment()
                    .put(
                            "PARLEY_PARENT_PID",
                            Long.toString(ProcessHandle.current().pid()));
            Process process = builder.start();
            process.getOutputStream().close(); // a node reads nothing from standard input
            return new NodeProcess(node, process, logStart);
        } catch (IOException e) {
            throw CommandFailed.failed("cannot start node " + node.id() + ": " + e.getMessage() + ".");
        }
    }

    DevPlan.DevNode node() {
        return node;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Blocks until the node ended.
    int waitFor() throws InterruptedException {
        return process.waitFor();
    }

    /// Asks the node to stop (SIGTERM).
    void askToStop() {
        process.destroy();
    }

    /// Waits for the end of a node that was asked to stop, and kills it if that takes too long.
    void stopWithin(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    /// Waits a moment for the end of the node.
    ///
    /// @return its exit code
    /// @throws TimeoutException if it still runs
    int exitCodeWithin(Duration patience) throws InterruptedException, TimeoutException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new TimeoutException("the node still runs");
        }
        return process.exitValue();
    }

    /// The last line that is not part of a stack trace which this run wrote to its log; empty if it wrote nothing.
    String lastWords() {
        Path log = node.logFile();
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long from = Math.max(logStart, file.length() - LAST_WORDS_BYTES);
            byte[] tail = new byte[(int) Math.max(0, file.length() - from)];
            file.seek(from);
            file.readFully(tail);
            return new String(tail, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("\t") && !line.startsWith("Caused by:"))
                    .reduce("", (before, line) -> line);
        } catch (IOException e) {
            return "(its log " + log + " cannot be read: " + e.getMessage() + ")";
        }
    }

    /// How to start a node's JVM.
    record NodeLaunch(String java, String classPath, List<String> flags) {

        NodeLaunch {
            flags = List.copyOf(flags);
        }

        /// What the launcher `parley` passed on.
        static NodeLaunch fromLauncher() {
            String classPath = System.getProperty("parley.node.classPath", "");
            if (classPath.isEmpty()) {
                throw CommandFailed.mistake(
                        "parley dev must be started by the launcher `parley` of the source folder.");
            }
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            String flags = System.getProperty("parley.node.flags", "").strip();
            return new NodeLaunch(java, classPath, flags.isEmpty() ? List.of() : List.of(flags.split("\\s+")));
        }
    }
}
