package dev.parley.node.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OneWayLaneTest {

    @Test
    void what_a_slow_node_is_not_told_in_time_is_dropped_and_counted() {
        List<List<Integer>> batches = new ArrayList<>();
        AtomicInteger dropped = new AtomicInteger();
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        OneWayLane<Integer> lane = new OneWayLane<>(
                batch -> {
                    batches.add(batch);
                    return batches.size() == 1 ? answer : new CompletableFuture<>();
                },
                dropped::incrementAndGet);

        IntStream.range(0, 3_000).forEach(lane::add);
        answer.complete(false);

        assertThat(batches).hasSize(2);
        assertThat(batches.getFirst()).containsExactly(0);
        assertThat(batches.getLast()).hasSize(2_000).startsWith(1, 2, 3);
        assertThat(dropped).hasValue(999);
    }
}
