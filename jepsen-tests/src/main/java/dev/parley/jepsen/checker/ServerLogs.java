package dev.parley.jepsen.checker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// No node's log tells of an exception that nobody handled, a crash of the JVM, or a replica that closed by
/// itself.
public final class ServerLogs implements Checker {

    private static final Pattern WRONG = Pattern.compile(String.join(
            "|",
            "Exception in thread",
            "[Uu]ncaught",
            "A fatal error has been detected",
            "OutOfMemoryError",
            "thread died",
            "State machine .* is closed"));

    private final Path folder;

    /// @param folder of the run, in which each node's log ends with `.log`
    public ServerLogs(Path folder) {
        this.folder = folder;
    }

    @Override
    public String name() {
        return "server-logs";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> logs = files.filter(file -> file.getFileName().toString().matches("n\\d+\\.log"))
                    .sorted()
                    .toList();
            for (Path log : logs) {
                for (String line : new String(Files.readAllBytes(log), StandardCharsets.UTF_8).split("\n", -1)) {
                    if (WRONG.matcher(line).find()) {
                        verdict.found(
                                -1, -1, log.getFileName() + ": " + line.substring(0, Math.min(line.length(), 300)));
                    }
                }
            }
            return logs.isEmpty()
                    ? verdict.unknown("no log is here")
                    : verdict.verdict(logs.size() + " logs tell of nothing unhandled");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the logs in " + folder, e);
        }
    }
}
