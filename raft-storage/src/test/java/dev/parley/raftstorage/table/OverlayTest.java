package dev.parley.raftstorage.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.raftstorage.table.TableReader.Direction;
import dev.parley.raftstorage.table.TableReader.Next;
import dev.parley.raftstorage.table.TableReader.RowVisitor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverlayTest {
    private final NavigableMap<byte[], byte[]> base = new TreeMap<>(Arrays::compareUnsigned);
    private final Overlay overlay = new Overlay(new MapReader());

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void scans_and_gets_equal_those_of_one_plain_map(long seed) {
        Random random = new Random(seed);
        NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < 40; i++) {
            byte[] key = key(random);
            base.put(key, key);
            model.put(key, key);
        }
        for (int i = 0; i < 200; i++) {
            byte[] key = key(random);
            if (random.nextInt(3) == 0) {
                overlay.delete(Family.STATE, key);
                model.remove(key);
            } else {
                byte[] value = {(byte) i};
                overlay.put(Family.STATE, key, value);
                model.put(key, value);
            }
            byte[] one = key(random);
            byte[] other = key(random);
            boolean ordered = Arrays.compareUnsigned(one, other) <= 0;
            byte[] from = ordered ? one : other;
            byte[] to = ordered ? other : one;
            NavigableMap<byte[], byte[]> range = model.subMap(from, true, to, false);
            assertThat(rows(from, to, Direction.ASCENDING)).as("seed %d", seed).isEqualTo(text(range));
            assertThat(rows(from, to, Direction.DESCENDING)).as("seed %d", seed).isEqualTo(text(range.descendingMap()));
            assertThat(overlay.get(Family.STATE, one)).as("seed %d", seed).isEqualTo(model.get(one));
        }
    }

    @Test
    void a_visitor_may_delete_what_it_sees() {
        for (byte i = 0; i < 5; i++) {
            base.put(new byte[] {i}, new byte[] {i});
            overlay.put(Family.STATE, new byte[] {i, 1}, new byte[] {i});
        }
        List<byte[]> seen = new ArrayList<>();

        overlay.scan(Family.STATE, new byte[0], new byte[] {9}, Direction.ASCENDING, (key, _) -> {
            seen.add(key);
            overlay.delete(Family.STATE, key);
            return Next.CONTINUE;
        });

        assertThat(seen).hasSize(10);
        assertThat(rows(new byte[0], new byte[] {9}, Direction.ASCENDING)).isEmpty();
    }

    @Test
    void a_scan_stops_when_told() {
        base.put(new byte[] {1}, new byte[0]);
        base.put(new byte[] {3}, new byte[0]);
        overlay.put(Family.STATE, new byte[] {2}, new byte[0]);
        List<byte[]> seen = new ArrayList<>();

        overlay.scan(Family.STATE, new byte[0], new byte[] {9}, Direction.ASCENDING, (key, _) -> {
            seen.add(key);
            return key[0] == 2 ? Next.STOP : Next.CONTINUE;
        });

        assertThat(seen).containsExactly(new byte[] {1}, new byte[] {2});
    }

    @Test
    void each_changed_key_is_handed_over_once_with_its_last_value() {
        overlay.put(Family.STATE, new byte[] {1}, new byte[] {1});
        overlay.put(Family.STATE, new byte[] {1}, new byte[] {2});
        overlay.put(Family.QUEUE, new byte[] {1}, new byte[0]);
        overlay.delete(Family.LOG, new byte[] {7});
        List<String> changes = new ArrayList<>();

        overlay.forEachChange(
                (family, key, value) -> changes.add(family + Arrays.toString(key) + Arrays.toString(value)));

        assertThat(changes).containsExactly("LOG[7]null", "STATE[1][2]", "QUEUE[1][]");
        overlay.clear();
        changes.clear();
        overlay.forEachChange((family, key, value) -> changes.add("left"));
        assertThat(changes).isEmpty();
    }

    private List<String> rows(byte[] from, byte[] to, Direction direction) {
        List<String> rows = new ArrayList<>();
        overlay.scan(Family.STATE, from, to, direction, (key, value) -> {
            rows.add(Arrays.toString(key) + Arrays.toString(value));
            return Next.CONTINUE;
        });
        return rows;
    }

    private static List<String> text(NavigableMap<byte[], byte[]> map) {
        List<String> rows = new ArrayList<>();
        map.forEach((key, value) -> rows.add(Arrays.toString(key) + Arrays.toString(value)));
        return rows;
    }

    private static byte[] key(Random random) {
        byte[] key = new byte[1 + random.nextInt(2)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) random.nextInt(250, 262);
        }
        return key;
    }

    private final class MapReader implements TableReader {
        @Override
        public byte @Nullable [] get(Family family, byte[] key) {
            return family == Family.STATE ? base.get(key) : null;
        }

        @Override
        public void scan(Family family, byte[] from, byte[] to, Direction direction, RowVisitor visitor) {
            NavigableMap<byte[], byte[]> range = base.subMap(from, true, to, false);
            NavigableMap<byte[], byte[]> ordered = direction == Direction.ASCENDING ? range : range.descendingMap();
            for (var row : ordered.entrySet()) {
                if (visitor.row(row.getKey(), row.getValue()) == Next.STOP) {
                    return;
                }
            }
        }
    }
}
