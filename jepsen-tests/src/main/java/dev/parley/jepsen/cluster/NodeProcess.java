package dev.parley.jepsen.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One node as a child process, which a test may kill and start again on the same data.
final class NodeProcess {

    private static final String MAIN_CLASS = "dev.parley.node.Main";
    private static final int LAST_LINES = 30;
    private static final Pattern REPLICA_IS_BACK = Pattern.compile("replica is back: group=(\\S+)");

    private final String id;
    private final Path configFile;
    private final Path logFile;
    private final Build build;
    private Process process;

    private NodeProcess(String id, Path configFile, Path logFile, Build build, Process process) {
        this.id = id;
        this.configFile = configFile;
        this.logFile = logFile;
        this.build = build;
        this.process = process;
    }

    /// Where the node's program is and how its JVM is started.
    ///
    /// @param target the folder `node/target` with the jar and its `lib`
    /// @param prefix of the command line, such as what enters a network namespace
    record Build(Path target, List<String> flags, List<String> prefix) {

        Build {
            flags = List.copyOf(flags);
            prefix = List.copyOf(prefix);
        }

        /// As the build of this module says.
        static Build fromSystemProperties() {
            Path target = Path.of(System.getProperty("parley.node.target", "../node/target"));
            if (!Files.isDirectory(target.resolve("lib"))) {
                throw new IllegalStateException(
                        "the node is not built: " + target.toAbsolutePath().normalize()
                                + " has no lib; run `mvn verify` from the root, which builds it first");
            }
            String flags = System.getProperty("parley.node.flags", "").strip();
            return new Build(target, List.of(flags.split("\\s+", -1)), List.of());
        }

        /// The same, started by another command.
        Build startedBy(List<String> command) {
            return new Build(target, flags, command);
        }

        private String classPath() throws IOException {
            try (var jars = Files.list(target)) {
                Path jar = jars.filter(file -> file.getFileName().toString().matches("parley-node-[^/]*\\.jar"))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("no node jar in " + target));
                return jar + java.io.File.pathSeparator + target.resolve("lib") + java.io.File.separator + "*";
            }
        }
    }

    static NodeProcess start(String id, Path configFile, Path logFile, Build build) {
        return new NodeProcess(id, configFile, logFile, build, launch(configFile, logFile, build));
    }

    /// The command line that runs the node's program.
    static List<String> command(Build build, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(build.prefix());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(build.flags());
        command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(List.of("-cp", build.classPath(), MAIN_CLASS));
        command.addAll(arguments);
        return command;
    }

    private static Process launch(Path configFile, Path logFile, Build build) {
        try {
            List<String> command = command(build, List.of("--config", configFile.toString()));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
            // A node ends by itself when the test's JVM is gone: a killed build leaves nothing behind.
            builder.environment()
                    .put(
                            "PARLEY_PARENT_PID",
                            Long.toString(ProcessHandle.current().pid()));
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a node", e);
        }
    }

    /// Sends a signal by its name.
    void signal(String name) throws InterruptedException {
        Commands.run("kill", "-" + name, Long.toString(process.pid()));
    }

    /// The letter of the kernel for the state of the process; `-` if there is none.
    String state() {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
        } catch (IOException e) {
            return "-"; // the process is gone, or this is no Linux
        }
    }

    long pid() {
        return process.pid();
    }

    Path logFile() {
        return logFile;
    }

    String id() {
        return id;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Waits for the process to end by itself.
    ///
    /// @return its exit code
    int awaitEnd(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("node " + id + " did not end");
        }
        return process.exitValue();
    }

    /// Kills the node (SIGKILL): nothing is flushed, closed or said.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// Starts the node again on what its disk holds.
    void restart() {
        if (process.isAlive()) {
            throw new IllegalStateException("node " + id + " still runs");
        }
        process = launch(configFile, logFile, build);
    }

    /// Stops the node in order, and kills it if that takes too long.
    void stop(Duration patience) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
        }
    }

    /// The groups whose lost or damaged replicas the node has brought back, as its log says.
    Set<String> groupsBack() {
        try (Stream<String> lines = Files.lines(logFile, StandardCharsets.UTF_8)) {
            return lines.map(REPLICA_IS_BACK::matcher)
                    .filter(Matcher::find)
                    .map(line -> line.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the log of node " + id, e);
        }
    }

    /// The end of the node's log, for the report of a failure.
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(logFile, StandardCharsets.UTF_8);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return "(its log " + logFile + " cannot be read: " + e.getMessage() + ")";
        }
    }
}
