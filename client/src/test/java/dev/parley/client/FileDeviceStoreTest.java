package dev.parley.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDeviceStoreTest {

    @TempDir
    private Path folder = Path.of("");

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("cursors");
    }

    @Test
    void cursors_outlive_the_process() {
        try (FileDeviceStore store = FileDeviceStore.open(file)) {
            store.advance("c_1", 1);
            store.advance("c_1", 2);
            store.advance("c_2", 7);
        }

        try (FileDeviceStore store = FileDeviceStore.open(file)) {
            assertThat(store.cursors()).isEqualTo(Map.of("c_1", 2L, "c_2", 7L));
        }
    }

    @Test
    void the_version_of_the_list_outlives_the_process_and_may_fall() {
        try (FileDeviceStore store = FileDeviceStore.open(file)) {
            assertThat(store.listVersion()).isEmpty();
            store.advanceList(78);
            store.advance("c_1", 1);
            store.advanceList(5);
        }

        try (FileDeviceStore store = FileDeviceStore.open(file)) {
            assertThat(store.listVersion()).hasValue(5);
            assertThat(store.cursors()).isEqualTo(Map.of("c_1", 1L));
        }
        try (FileDeviceStore store = FileDeviceStore.open(file)) {
            assertThat(store.listVersion()).hasValue(5);
        }
    }

    @Test
    void positions_of_another_epoch_are_forgotten_and_the_epoch_outlives_the_process() {
        try (FileDeviceStore store = FileDeviceStore.open(file)) {
            store.advance("c_1", 3);
            store.enter("e_1");
            store.advanceList(9);
        }
        try (FileDeviceStore store = FileDeviceStore.open(file)) {
            assertThat(store.epoch()).contains("e_1");
            assertThat(store.cursors()).isEqualTo(Map.of("c_1", 3L));
            assertThat(store.listVersion()).hasValue(9);
            store.enter("e_2");
            store.advance("c_1", 1);
        }
        try (FileDeviceStore store = FileDeviceStore.open(file)) {
            assertThat(store.epoch()).contains("e_2");
            assertThat(store.cursors()).isEqualTo(Map.of("c_1", 1L));
            assertThat(store.listVersion()).isEmpty();
        }
    }

    @Test
    void a_line_that_a_crash_cut_short_costs_no_more_than_that_line() throws Exception {
        Files.writeString(file, "c_1 5\nc_2 1200\nc_2 12");

        try (FileDeviceStore store = FileDeviceStore.open(file)) {
            assertThat(store.cursors()).isEqualTo(Map.of("c_1", 5L, "c_2", 1200L));
        }
    }

    @Test
    void the_file_stays_short_however_often_a_cursor_moves() throws Exception {
        try (FileDeviceStore store = FileDeviceStore.open(file)) {
            for (int seq = 1; seq <= 25_000; seq++) {
                store.advance("c_1", seq);
            }

            assertThat(Files.size(file)).isLessThan(200_000);
            assertThat(store.cursors()).isEqualTo(Map.of("c_1", 25_000L));
        }
    }
}
