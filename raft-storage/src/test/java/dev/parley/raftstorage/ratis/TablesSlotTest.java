package dev.parley.raftstorage.ratis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.rocks.AppliedPosition;
import dev.parley.raftstorage.rocks.RocksRuntime;
import dev.parley.raftstorage.rocks.RocksTables;
import dev.parley.raftstorage.rocks.TablesException;
import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.Overlay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The swap of a snapshot, interrupted after each of its steps.
class TablesSlotTest {
    private static final GroupId GROUP = new GroupId("p-001");
    private static final byte[] KEY = "key".getBytes(US_ASCII);

    @TempDir
    Path root;

    private final RocksRuntime runtime = new RocksRuntime(RocksRuntime.Sizes.DEFAULT);

    @AfterEach
    void closeRuntime() {
        runtime.close();
    }

    @Test
    void a_snapshot_without_its_mark_is_worth_nothing() throws IOException {
        make(directories().live(GROUP), 10);
        make(directories().incoming(GROUP), 20);

        assertOpensAt(10);
    }

    @Test
    void a_marked_snapshot_is_swapped_in_at_the_next_start() throws IOException {
        make(directories().live(GROUP), 10);
        make(directories().incoming(GROUP), 20);
        mark(20);

        assertOpensAt(20);
    }

    @Test
    void a_swap_between_its_two_renames_goes_forward() throws IOException {
        make(directories().replaced(GROUP), 10);
        make(directories().incoming(GROUP), 20);
        mark(20);

        assertOpensAt(20);
    }

    @Test
    void a_swap_after_its_renames_is_only_tidied() throws IOException {
        make(directories().replaced(GROUP), 10);
        make(directories().live(GROUP), 20);
        mark(20);

        assertOpensAt(20);
    }

    @Test
    void a_swap_after_its_mark_is_gone_is_only_tidied() throws IOException {
        make(directories().replaced(GROUP), 10);
        make(directories().live(GROUP), 20);

        assertOpensAt(20);
    }

    @Test
    void a_marked_snapshot_older_than_the_tables_is_dropped() throws IOException {
        make(directories().live(GROUP), 30);
        make(directories().incoming(GROUP), 20);
        mark(20);

        assertOpensAt(30);
    }

    @Test
    void an_unreadable_mark_is_reported() throws IOException {
        make(directories().live(GROUP), 10);
        make(directories().incoming(GROUP), 20);
        Files.write(directories().incomingComplete(GROUP), new byte[3]);

        assertThatThrownBy(() -> new TablesSlot(GROUP, directories(), runtime).open())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("mark");
    }

    @Test
    void tables_that_have_gone_on_are_kept_when_a_snapshot_is_to_be_swapped_in() throws IOException {
        TablesSlot slot = new TablesSlot(GROUP, directories(), runtime);
        slot.open();
        write(slot.current(), 30);
        make(directories().incoming(GROUP), 20);
        mark(20);

        RocksTables kept = slot.swapIn(position(30));

        assertThat(kept.durable()).isEqualTo(position(30));
        assertThat(directories().incomingComplete(GROUP)).doesNotExist();
        slot.close();
        assertThatThrownBy(slot::current).isInstanceOf(TablesException.class);
    }

    private void assertOpensAt(long index) throws IOException {
        TablesSlot slot = new TablesSlot(GROUP, directories(), runtime);
        RocksTables tables = slot.open();

        assertThat(tables.durable()).isEqualTo(position(index));
        assertThat(tables.newest().get(Family.STATE, KEY)).isEqualTo(new byte[] {(byte) index});
        assertThat(directories().incoming(GROUP)).doesNotExist();
        assertThat(directories().incomingComplete(GROUP)).doesNotExist();
        assertThat(directories().replaced(GROUP)).doesNotExist();
        slot.close();
    }

    private void make(Path place, long index) throws IOException {
        Files.createDirectories(place.getParent());
        try (RocksTables tables = RocksTables.open(runtime, place)) {
            write(tables, index);
            tables.flush(position(index));
        }
    }

    private static void write(RocksTables tables, long index) {
        Overlay overlay = new Overlay(tables.newest());
        overlay.put(Family.STATE, KEY, new byte[] {(byte) index});
        tables.write(overlay, position(index));
    }

    private void mark(long index) throws IOException {
        Files.writeString(directories().incomingComplete(GROUP), "1 " + index + " 0\n", US_ASCII);
    }

    private static AppliedPosition position(long index) {
        return new AppliedPosition(1, index, 0);
    }

    private GroupDirectories directories() {
        return new GroupDirectories(root);
    }
}
