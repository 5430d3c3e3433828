package dev.parley.raftstorage.rocks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.Overlay;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableReader.Direction;
import dev.parley.raftstorage.table.TableReader.Next;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksTablesTest {
    private final RocksRuntime runtime = new RocksRuntime(RocksRuntime.Sizes.DEFAULT);

    @TempDir
    Path directory;

    @AfterEach
    void closeRuntime() {
        runtime.close();
    }

    @Test
    void tables_reopened_after_a_crash_hold_exactly_a_prefix_of_the_entries() {
        RocksTables tables = open();
        for (int i = 1; i <= 500; i++) {
            write(tables, i);
            if (i == 300) {
                tables.flush(new AppliedPosition(1, i, i));
            }
        }
        tables.close();

        RocksTables reopened = open();
        assertThat(reopened.durable()).isEqualTo(new AppliedPosition(1, 300, 300));
        for (Family family : Family.values()) {
            assertThat(keys(reopened.newest(), family))
                    .as("%s", family)
                    .hasSize(300)
                    .last()
                    .isEqualTo("k000300");
        }
        reopened.close();
    }

    @Test
    void new_tables_hold_nothing() {
        RocksTables tables = open();

        assertThat(tables.durable()).isEqualTo(AppliedPosition.NOTHING);
        assertThat(keys(tables.newest(), Family.LOG)).isEmpty();
        tables.close();
    }

    @Test
    void scans_keep_to_their_bounds_in_both_directions() {
        RocksTables tables = open();
        for (int i = 1; i <= 9; i++) {
            write(tables, i);
        }

        assertThat(scan(tables.newest(), "k000003", "k000006", Direction.ASCENDING))
                .containsExactly("k000003", "k000004", "k000005");
        assertThat(scan(tables.newest(), "k000003", "k000006", Direction.DESCENDING))
                .containsExactly("k000005", "k000004", "k000003");
        assertThat(scan(tables.newest(), "k000006", "k000003", Direction.ASCENDING))
                .isEmpty();
        tables.close();
    }

    @Test
    void a_view_does_not_see_what_is_written_later() {
        RocksTables tables = open();
        write(tables, 1);
        try (RocksTables.View view = tables.view()) {
            write(tables, 2);

            assertThat(keys(view, Family.STATE)).containsExactly("k000001");
            assertThat(view.get(Family.STATE, "k000002".getBytes(UTF_8))).isNull();
        }
        assertThat(keys(tables.newest(), Family.STATE)).hasSize(2);
        tables.close();
    }

    @Test
    void closing_waits_for_the_last_view() throws Exception {
        RocksTables tables = open();
        write(tables, 1);
        RocksTables.View view = tables.view();
        CountDownLatch closed = new CountDownLatch(1);
        Thread closer = Thread.ofPlatform().start(() -> {
            tables.close();
            closed.countDown();
        });
        while (closer.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }

        assertThat(keys(view, Family.STATE)).containsExactly("k000001");
        assertThatThrownBy(tables::view).isInstanceOf(TablesException.class);
        assertThat(closed.getCount()).isOne();
        view.close();
        closer.join();
        assertThat(closed.getCount()).isZero();
    }

    @Test
    void a_checkpoint_holds_what_was_written_before_it_without_a_flush() {
        RocksTables tables = open();
        write(tables, 1);
        write(tables, 2);
        Path copy = directory.resolve("copy");
        tables.checkpoint(copy);
        write(tables, 3);
        tables.close();

        assertThat(RocksTables.positionOf(runtime, copy)).isEqualTo(new AppliedPosition(1, 2, 2));
        RocksTables opened = RocksTables.open(runtime, copy);
        assertThat(keys(opened.newest(), Family.QUEUE)).containsExactly("k000001", "k000002");
        opened.close();
    }

    @Test
    void damaged_files_are_reported_when_opened() throws Exception {
        RocksTables tables = open();
        write(tables, 1);
        tables.flush(new AppliedPosition(1, 1, 1));
        tables.close();
        try (Stream<Path> files = Files.list(directory.resolve("db"))) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith("MANIFEST"))
                    .toList()) {
                Files.write(file, new byte[100]);
            }
        }

        assertThatThrownBy(this::open).isInstanceOf(TablesException.class).hasMessageContaining("cannot open tables");
    }

    private RocksTables open() {
        return RocksTables.open(runtime, directory.resolve("db"));
    }

    private static void write(RocksTables tables, int index) {
        Overlay overlay = new Overlay(tables.newest());
        for (Family family : Family.values()) {
            overlay.put(family, "k%06d".formatted(index).getBytes(UTF_8), new byte[100]);
        }
        tables.write(overlay, new AppliedPosition(1, index, index));
    }

    private static List<String> keys(TableReader reader, Family family) {
        List<String> keys = new ArrayList<>();
        reader.scan(family, new byte[0], new byte[] {(byte) 0xff}, Direction.ASCENDING, (key, _) -> {
            keys.add(new String(key, UTF_8));
            return Next.CONTINUE;
        });
        return keys;
    }

    private static List<String> scan(TableReader reader, String from, String to, Direction direction) {
        List<String> keys = new ArrayList<>();
        reader.scan(Family.LOG, from.getBytes(UTF_8), to.getBytes(UTF_8), direction, (key, _) -> {
            keys.add(new String(key, UTF_8));
            return Next.CONTINUE;
        });
        return keys;
    }
}
