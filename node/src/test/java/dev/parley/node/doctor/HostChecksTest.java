package dev.parley.node.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.parley.node.doctor.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostChecksTest {
    private static final long MB = 1L << 20;
    private static final String LIMITS = "proc/self/limits";

    @TempDir
    private Path root;

    @ParameterizedTest
    @CsvSource({"1024, BAD", "4096, WARN", "24095, WARN", "24096, OK", "unlimited, OK"})
    void each_connection_needs_a_file_and_the_replicas_some_more(String limit, Verdict verdict) throws IOException {
        write(LIMITS, """
            Limit                     Soft Limit           Hard Limit           Units
            Max processes             96365                96365                processes
            Max open files            %-20s 1048576              files
            """.formatted(limit));

        Finding finding = checks().openFiles(20_000);

        assertThat(finding.found()).isEqualTo(limit);
        assertThat(finding.verdict()).isEqualTo(verdict);
        assertThat(finding.advice().isEmpty()).isEqualTo(verdict == Verdict.OK);
    }

    @Test
    void a_limit_that_cannot_be_read_is_unknown_and_no_failure() {
        assertThat(checks().openFiles(100))
                .isEqualTo(Finding.warn("open files", "unknown", "see that `ulimit -n` is 4196 or more."));
    }

    @Test
    void a_clock_that_nobody_keeps_is_told_apart_from_one_that_nobody_can_ask() {
        assertThat(HostChecks.clock(Optional.empty()).found()).isEqualTo("unknown");
        assertThat(HostChecks.clock(Optional.of(Long.MAX_VALUE)).found()).isEqualTo("not synchronised");
        assertThat(HostChecks.clock(Optional.of(600_000L)).verdict()).isEqualTo(Verdict.WARN);
        assertThat(HostChecks.clock(Optional.of(21_500L)))
                .isEqualTo(Finding.ok("clock", "synchronised, error at most 21 ms"));
    }

    @Test
    void this_machine_can_be_asked_for_its_clock() {
        assertThat(checks().clock().check()).isEqualTo("clock");
        assertThat(KernelClock.errorMicros().orElse(0L)).isNotNegative();
    }

    @ParameterizedTest
    @CsvSource({"8192, 1024, OK", "2048, 1024, OK", "1600, 1024, WARN", "1024, 1024, BAD"})
    void heap_and_tables_must_fit_and_leave_a_quarter_for_the_page_cache(long total, long heap, Verdict verdict) {
        Finding finding = checks().memory(new HostChecks.Memory(total * MB, heap * MB, 160 * MB));

        assertThat(finding.verdict()).isEqualTo(verdict);
        assertThat(finding.found()).startsWith(total + " MB in all: heap " + heap + " MB, RocksDB 160 MB");
    }

    @Test
    void what_stalls_a_node_is_told() throws IOException {
        write("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
        write("proc/meminfo", "MemTotal:  8000000 kB\nSwapTotal:  2097152 kB\n");
        write("proc/sys/vm/swappiness", "60\n");

        assertThat(checks().kernel())
                .extracting(Finding::check, Finding::found, Finding::verdict)
                .containsExactly(
                        tuple("huge pages", "transparent: always", Verdict.WARN),
                        tuple("swap", "2048 MB, swappiness 60", Verdict.WARN));
    }

    @Test
    void swappiness_does_not_matter_without_swap() throws IOException {
        write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        write("proc/meminfo", "SwapTotal:  0 kB\n");
        write("proc/sys/vm/swappiness", "60\n");

        assertThat(checks().kernel()).containsExactly(Finding.ok("huge pages", "transparent: madvise"));
    }

    private HostChecks checks() {
        return new HostChecks(new ProcFiles(root));
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
