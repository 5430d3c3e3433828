package dev.parley.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryRingTest {

    private final DeliveryRing ring = new DeliveryRing();

    @Test
    void a_reader_gets_what_follows_its_position_in_order() throws Exception {
        ring.reset(1);
        ring.append(Deliveries.texts(1, 10, "hello"));

        assertThat(numbers(ring.after(7, 0, 100, Duration.ZERO))).containsExactly(8L, 9L, 10L);
        assertThat(numbers(ring.after(2, 0, 3, Duration.ZERO))).containsExactly(3L, 4L, 5L);
        assertThat(numbers(ring.after(10, 0, 3, Duration.ZERO))).isEmpty();
    }

    @Test
    void a_reader_far_behind_is_sent_to_the_archive_once_the_ring_is_full() throws Exception {
        ring.reset(1);
        String large = "x".repeat(4_096);
        for (int i = 1; i <= 1_000; i++) {
            ring.append(Deliveries.texts(i, i, large));
        }

        assertThat(ring.after(0, 0, 10, Duration.ZERO)).isInstanceOf(DeliveryRing.Found.InArchive.class);
        assertThat(numbers(ring.after(998, 0, 10, Duration.ZERO))).containsExactly(999L, 1_000L);
    }

    @Test
    void a_position_beyond_what_was_applied_is_told_apart_from_nothing_new() throws Exception {
        ring.reset(5);

        assertThat(ring.after(4, 0, 10, Duration.ZERO)).isEqualTo(new DeliveryRing.Found.Here(List.of()));
        assertThat(ring.after(5, 0, 10, Duration.ZERO)).isInstanceOf(DeliveryRing.Found.NotYet.class);
        assertThat(ring.after(3, 0, 10, Duration.ZERO)).isInstanceOf(DeliveryRing.Found.InArchive.class);
    }

    @Test
    void a_hole_in_the_numbers_is_a_bug_and_is_refused() {
        ring.reset(1);

        assertThatThrownBy(() -> ring.append(Deliveries.texts(2, 2, "hole"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_waiting_reader_wakes_when_something_is_appended() throws Exception {
        ring.reset(1);
        Thread appender = Thread.startVirtualThread(() -> ring.append(Deliveries.texts(1, 1, "late")));

        assertThat(numbers(ring.after(0, 0, 10, Duration.ofSeconds(10)))).containsExactly(1L);
        appender.join();
    }

    private static List<Long> numbers(DeliveryRing.Found found) {
        assertThat(found).isInstanceOf(DeliveryRing.Found.Here.class);
        return ((DeliveryRing.Found.Here) found)
                .deliveries().stream().map(Delivery::number).toList();
    }
}
