package dev.parley.node.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.node.doctor.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskChecksTest {
    private static final long GB = 1L << 30;
    private static final DiskChecks.Room ROOM = new DiskChecks.Room(GB, 5);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"ext4, OK", "xfs, OK", "btrfs, OK", "overlay, WARN", "tmpfs, BAD", "nfs4, BAD", "cifs, BAD"})
    void only_a_local_disk_keeps_data(String type, Verdict verdict) {
        assertThat(DiskChecks.fileSystem(type).verdict()).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({"100, 11, OK", "100, 9, WARN", "100, 4, BAD", "10, 3, OK", "10, 1, WARN"})
    void free_space_is_held_against_the_bound_at_which_writes_are_refused(long total, long free, Verdict verdict) {
        assertThat(DiskChecks.space(total * GB, free * GB, ROOM).verdict()).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({"0.4, 9.9, OK", "3, 10.1, WARN", "20, 50, WARN", "20, 50.1, BAD"})
    void the_slowest_syncs_decide(double median, double high, Verdict verdict) {
        Finding finding = DiskChecks.speed(new DiskChecks.Speed(200, median, high), folder);

        assertThat(finding.verdict()).isEqualTo(verdict);
        assertThat(finding.found()).contains("p99 " + high);
    }

    @Test
    void measuring_leaves_nothing_in_the_directory() throws IOException {
        DiskChecks.Speed speed = DiskChecks.measure(folder);

        assertThat(speed.writes()).isPositive();
        assertThat(speed.high()).isGreaterThanOrEqualTo(speed.median());
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void a_directory_that_is_not_there_is_judged_by_the_one_above_and_not_made() {
        Path data = folder.resolve("not/yet");

        assertThat(DiskChecks.existing(data)).isEqualTo(folder);
        assertThat(DiskChecks.all(data, ROOM))
                .extracting(Finding::check)
                .containsExactly("file system", "free space", "disk speed");
        assertThat(folder.resolve("not")).doesNotExist();
    }
}
