package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// What tests do to the files of a node that does not run.
final class LogFiles {
    private LogFiles() {}

    /// Changes one bit in the middle of the newest segment of the group's log.
    static void damage(Path directory, GroupId group) throws IOException {
        Path segment = newestSegment(directory, group);
        byte[] bytes = Files.readAllBytes(segment);
        bytes[contentBytes(bytes) / 2] ^= 4;
        Files.write(segment, bytes);
    }

    /// Takes the tail of the last entry away, as a write that was killed leaves it: zeros from a sector's border on.
    static void tear(Path directory, GroupId group, int bytesToGo) throws IOException {
        Path segment = newestSegment(directory, group);
        byte[] bytes = Files.readAllBytes(segment);
        int border = (contentBytes(bytes) - bytesToGo) / 512 * 512;
        Arrays.fill(bytes, border, bytes.length, (byte) 0);
        Files.write(segment, bytes);
    }

    static void damageTables(Path directory, GroupId group) throws IOException {
        for (Path file : list(directory.resolve("tables").resolve(group.name()).resolve("live"))) {
            if (file.getFileName().toString().startsWith("MANIFEST")) {
                Files.write(file, new byte[100]);
            }
        }
    }

    /// Copies a directory as it is now, while a process may be writing: what a kill would leave.
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path path : walk.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }

    private static Path newestSegment(Path directory, GroupId group) throws IOException {
        return list(new GroupDirectories(directory).raft(group).resolve("current")).stream()
                .filter(file -> file.getFileName().toString().startsWith("log_"))
                .max(Comparator.comparingLong(LogFiles::modified))
                .orElseThrow();
    }

    private static int contentBytes(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private static long modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
