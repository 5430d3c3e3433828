package dev.parley.jepsen.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/// `parley backup` as processes of their own, with one repository and one key.
final class BackupProgram {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path repository;
    private final Path key;

    BackupProgram(Path folder) throws IOException {
        repository = folder.resolve("repository");
        byte[] bytes = new byte[32];
        new SplittableRandom().nextBytes(bytes);
        key = Files.createFile(
                folder.resolve("backup.key"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, HexFormat.of().formatHex(bytes));
    }

    Path repository() {
        return repository;
    }

    /// Runs a command to its end; output and errors together.
    Commands.Result run(String command, String... more) throws IOException, InterruptedException {
        return Commands.attempt(line(command, more).toArray(String[]::new));
    }

    /// Runs a command that must succeed and prints one JSON value.
    JsonNode json(String command, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add("--json");
        Commands.Result result = run(command, arguments.toArray(String[]::new));
        if (result.code() != 0) {
            throw new AssertionError("parley backup " + command + ": " + result.output());
        }
        return JSON.readTree(result.output());
    }

    /// Starts a command and kills it when it has printed its first line.
    void killAfterFirstLine(String command, String... more) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line(command, more))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String first = out.readLine();
            process.destroyForcibly();
            if (process.waitFor() == 0 || first == null) {
                throw new AssertionError("parley backup " + command + " was not killed in the middle: " + first);
            }
        }
    }

    private List<String> line(String command, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("backup", command));
        arguments.addAll(List.of("--repository", repository.toString(), "--key-file", key.toString()));
        arguments.addAll(List.of(more));
        return NodeProcess.command(NodeProcess.Build.fromSystemProperties(), arguments);
    }
}
