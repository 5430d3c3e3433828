package dev.parley.jepsen.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntToLongFunction;

/// False answers by `strace`, which is attached to a running node and taken off again.
final class Strace implements Syscalls {

    private static final long ATTACH_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

    private final Path folder;
    private final IntToLongFunction pids;

    /// @param folder for what strace writes
    /// @param pids of the nodes' processes, as they are now
    Strace(Path folder, IntToLongFunction pids) {
        this.folder = folder;
        this.pids = pids;
    }

    @Override
    public Lie inject(int index, String calls, String how, List<Path> files) throws InterruptedException {
        long pid = pids.applyAsLong(index);
        try {
            Path file = Files.createTempFile(folder, "strace-", ".txt");
            List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq", "-o", file.toString()));
            command.addAll(List.of("-p", Long.toString(pid), "-e", "trace=" + calls));
            command.addAll(List.of("-e", "inject=" + calls + ":" + how));
            files.forEach(only -> command.addAll(List.of("-P", only.toString())));
            Process strace = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            awaitTraced(pid);
            return () -> {
                strace.destroy();
                if (!strace.waitFor(5, TimeUnit.SECONDS)) {
                    strace.destroyForcibly().waitFor();
                }
                return injected(file);
            };
        } catch (IOException e) {
            throw new UncheckedIOException("cannot attach strace to " + pid, e);
        }
    }

    private static void awaitTraced(long pid) throws IOException {
        long deadline = System.nanoTime() + ATTACH_NANOS_MAX;
        Path status = Path.of("/proc", Long.toString(pid), "status");
        while (Files.readString(status).contains("TracerPid:\t0\n") && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static long injected(Path file) {
        try (var lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.contains("(INJECTED)") || line.contains("(DELAYED)"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what strace wrote", e);
        }
    }
}
