package dev.parley.jepsen.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Runs the system's tools.
final class Commands {

    /// @return what it printed
    /// @throws IllegalStateException if it failed, with what it printed
    static String run(String... command) throws InterruptedException {
        Result result = attempt(command);
        if (result.code() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + result.output());
        }
        return result.output();
    }

    /// Runs what may fail.
    static Result attempt(String... command) throws InterruptedException {
        return attemptWith("", command);
    }

    /// Runs what reads its instructions.
    static void feed(String input, String... command) throws InterruptedException {
        Result result = attemptWith(input, command);
        if (result.code() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + result.output());
        }
    }

    private static Result attemptWith(String input, String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output.strip());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command[0], e);
        }
    }

    record Result(int code, String output) {}

    private Commands() {}
}
