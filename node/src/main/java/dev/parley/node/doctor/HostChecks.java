package dev.parley.node.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// What a node takes from its host, besides the disk.
public final class HostChecks {
    private static final String LIMITS = "proc/self/limits";
    private static final String HUGE_PAGES = "sys/kernel/mm/transparent_hugepage/enabled";
    private static final Pattern COLUMNS = Pattern.compile(" {2,}");
    private static final long MB = 1L << 20;

    /// Files of the replicas, above one for each connection.
    private static final int FILES_OF_STORAGE = 4_096;

    /// What the process needs besides its heap and RocksDB: code, stacks, network buffers.
    private static final long OTHER_BYTES = 256 * MB;

    private static final long CLOCK_ERROR_WARN_MICROS = 500_000;
    private static final int SWAPPINESS_MAX = 10;
    private static final double PAGE_CACHE_PART_MIN = 0.25;

    private final ProcFiles files;

    /// What a node will take of the memory, in bytes.
    public record Memory(long total, long heap, long rocks) {}

    public HostChecks(ProcFiles files) {
        this.files = files;
    }

    /// The limit of open files, as the JVM has raised it.
    public Finding openFiles(int connections) {
        String check = "open files";
        int wanted = connections + FILES_OF_STORAGE;
        Optional<String> limit = files.lines(LIMITS).stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> COLUMNS.split(line, -1)[1])
                .findFirst();
        if (limit.isEmpty()) {
            return Finding.warn(check, "unknown", "see that `ulimit -n` is %d or more.".formatted(wanted));
        }
        if (limit.get().equals("unlimited")) {
            return Finding.ok(check, "unlimited");
        }
        long files = Long.parseLong(limit.get());
        return Finding.of(
                check,
                "%d".formatted(files),
                files < FILES_OF_STORAGE,
                files < wanted,
                "raise it to %d (%d connections and the replicas' files): LimitNOFILE= of the unit, or ulimit -n."
                        .formatted(wanted, connections));
    }

    /// Whether somebody keeps the clock right.
    public Finding clock() {
        return clock(KernelClock.errorMicros());
    }

    /// The same of an answer of the kernel.
    static Finding clock(Optional<Long> errorMicros) {
        String advice = "run an NTP client (chrony, systemd-timesyncd): leaders stamp messages by their clocks.";
        if (errorMicros.isEmpty()) {
            return Finding.warn("clock", "unknown", advice);
        }
        long error = errorMicros.get();
        if (error == Long.MAX_VALUE) {
            return Finding.warn("clock", "not synchronised", advice);
        }
        return Finding.of(
                "clock",
                "synchronised, error at most %d ms".formatted(error / 1_000),
                false,
                error > CLOCK_ERROR_WARN_MICROS,
                advice);
    }

    /// Whether heap and RocksDB fit, and leave something for the page cache, which reads live from.
    public Finding memory(Memory memory) {
        long left = memory.total() - memory.heap() - memory.rocks() - OTHER_BYTES;
        return Finding.of(
                "memory",
                "%s in all: heap %s, RocksDB %s, others %s, leaves %s"
                        .formatted(
                                size(memory.total()),
                                size(memory.heap()),
                                size(memory.rocks()),
                                size(OTHER_BYTES),
                                size(Math.max(0, left))),
                left < 0,
                left < memory.total() * PAGE_CACHE_PART_MIN,
                "lower PARLEY_HEAP (-Xmx) or storage.block-cache-mb, or add memory: the page cache needs a quarter.");
    }

    /// What of the kernel's settings stalls a node; nothing where the files are not.
    public List<Finding> kernel() {
        List<Finding> findings = new ArrayList<>();
        files.lines(HUGE_PAGES).stream().findFirst().ifPresent(line -> {
            String chosen = line.replaceAll(".*\\[(.*)].*", "$1");
            findings.add(Finding.of(
                    "huge pages",
                    "transparent: " + chosen,
                    false,
                    chosen.equals("always"),
                    "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled: joining pages stalls the process."));
        });
        OptionalLong swap = files.number("proc/meminfo", "SwapTotal:");
        OptionalLong swappiness = files.number("proc/sys/vm/swappiness", "");
        if (swap.orElse(0) > 0 && swappiness.isPresent()) {
            findings.add(Finding.of(
                    "swap",
                    "%s, swappiness %d".formatted(size(swap.getAsLong() * 1_024), swappiness.getAsLong()),
                    false,
                    swappiness.getAsLong() > SWAPPINESS_MAX,
                    "sysctl vm.swappiness=1: a heap that is swapped out stops a node until leaders change."));
        }
        return findings;
    }

    static String size(long bytes) {
        return bytes < 10 * 1_024 * MB
                ? "%d MB".formatted(bytes / MB)
                : String.format(Locale.ROOT, "%.1f GB", (double) bytes / (1_024 * MB));
    }
}
