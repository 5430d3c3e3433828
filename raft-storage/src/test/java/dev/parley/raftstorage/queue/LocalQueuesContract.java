package dev.parley.raftstorage.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What every implementation of [LocalQueues] does.
public abstract class LocalQueuesContract {
    /// Small enough that a few appends begin a new file.
    protected static final QueueLimits LIMITS = new QueueLimits(100_000, 1_000, 1_000, 5);

    protected static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration LONG = Duration.ofSeconds(30);

    protected final AtomicLong free = new AtomicLong(1L << 30);
    protected final List<String> setAside = new ArrayList<>();

    protected final DiskRoom disk = new DiskRoom() {
        @Override
        public long freeBytes() {
            return free.get();
        }

        @Override
        public long totalBytes() {
            return 1L << 30;
        }
    };

    protected abstract LocalQueues queues();

    @Test
    void entries_are_read_in_order_by_each_reader_at_its_own_place() throws Exception {
        try (LocalQueue queue = queues().open("fanout", "a/1")) {
            queue.append(entries(7, 30));
            try (LocalQueue.Reader one = queue.reader(6);
                    LocalQueue.Reader other = queue.reader(20)) {
                assertThat(read(one, 5)).containsExactly(7L, 8L, 9L, 10L, 11L);
                assertThat(read(other, 100)).containsExactlyElementsOf(numbers(21, 30));
                queue.append(entries(31, 40));
                assertThat(read(one, 100)).containsExactlyElementsOf(numbers(12, 40));
                assertThat(read(other, 100)).containsExactlyElementsOf(numbers(31, 40));
                assertThat(other.next(1, AT_ONCE)).isEmpty();
            }
        }
    }

    @Test
    void a_hole_in_the_numbers_is_refused_and_nothing_appended() throws Exception {
        try (LocalQueue queue = queues().open("fanout", "a/1")) {
            queue.append(entries(7, 9));
            assertThatIllegalArgumentException().isThrownBy(() -> queue.append(entries(11, 12)));
            assertThatIllegalArgumentException().isThrownBy(() -> queue.append(entries(9, 12)));
            assertThat(queue.firstNumber()).isEqualTo(7);
            assertThat(queue.lastNumber()).isEqualTo(9);
            assertThatIllegalArgumentException().isThrownBy(() -> queue.reader(5));
            assertThatIllegalArgumentException().isThrownBy(() -> queue.reader(10));
        }
    }

    @Test
    void a_reopened_queue_goes_on_where_it_was() throws Exception {
        LocalQueues queues = queues();
        for (int opening = 0; opening < 3; opening++) {
            try (LocalQueue queue = queues.open("fanout", "a/1")) {
                assertThat(queue.lastNumber()).isEqualTo(opening * 10L);
                queue.append(entries(opening * 10L + 1, opening * 10L + 10));
            }
        }
        try (LocalQueue queue = queues.open("fanout", "a/1");
                LocalQueue.Reader reader = queue.reader(0)) {
            assertThat(read(reader, 100)).containsExactlyElementsOf(numbers(1, 30));
        }
        assertThat(setAside).isEmpty();
    }

    @Test
    void release_deletes_old_files_and_never_what_a_reader_has_not_read() throws Exception {
        try (LocalQueue queue = queues().open("fanout", "a/1")) {
            for (int n = 1; n <= 100; n += 10) {
                queue.append(entries(n, n + 9));
            }
            try (LocalQueue.Reader reader = queue.reader(35)) {
                queue.release(100);
                assertThat(queue.firstNumber()).isBetween(2L, 36L);
                assertThat(read(reader, 1_000)).containsExactlyElementsOf(numbers(36, 100));
            }
            queue.release(100);
            assertThat(queue.firstNumber()).isBetween(37L, 100L);
            assertThat(queue.lastNumber()).isEqualTo(100);
        }
    }

    @Test
    void a_full_disk_and_a_full_queue_refuse_and_take_again_when_there_is_room() throws Exception {
        try (LocalQueue queue = queues().open("fanout", "a/1")) {
            queue.append(entries(1, 10));
            free.set(10_000_000);
            assertThatExceptionOfType(QueueFullException.class).isThrownBy(() -> queue.append(entries(11, 20)));
            assertThat(queue.lastNumber()).isEqualTo(10);
            free.set(1L << 30);
            queue.append(entries(11, 20));
            assertThatExceptionOfType(QueueFullException.class)
                    .isThrownBy(() -> queue.append(List.of(new QueueEntry(21, new byte[100_000]))));
            assertThat(queue.lastNumber()).isEqualTo(20);
        }
    }

    @Test
    void a_cleared_queue_takes_any_number_and_its_old_readers_fail() throws Exception {
        try (LocalQueue queue = queues().open("fanout", "a/1")) {
            queue.append(entries(1, 30));
            try (LocalQueue.Reader old = queue.reader(0)) {
                assertThat(read(old, 3)).hasSize(3);
                queue.clear();
                assertThat(queue.lastNumber()).isZero();
                queue.append(entries(500, 505));
                assertThatIllegalStateException().isThrownBy(() -> old.next(1, AT_ONCE));
            }
            try (LocalQueue.Reader reader = queue.reader(499)) {
                assertThat(read(reader, 10)).containsExactlyElementsOf(numbers(500, 505));
            }
        }
    }

    @Test
    void a_waiting_reader_is_woken_by_an_append() throws Exception {
        try (LocalQueue queue = queues().open("fanout", "a/1");
                LocalQueue.Reader reader = queue.reader(0)) {
            CompletableFuture<List<QueueEntry>> read = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> {
                try {
                    read.complete(reader.next(10, LONG));
                } catch (InterruptedException | RuntimeException e) {
                    read.completeExceptionally(e);
                }
            });
            queue.append(entries(5, 6));
            assertThat(read.get(60, TimeUnit.SECONDS))
                    .extracting(QueueEntry::number)
                    .containsExactly(5L, 6L);
        }
    }

    @Test
    void a_reader_follows_appends_and_releases_over_many_files() throws Exception {
        long last = 3_000;
        try (LocalQueue queue = queues().open("fanout", "a/1")) {
            CompletableFuture<List<Long>> read = new CompletableFuture<>();
            LocalQueue.Reader reader = queue.reader(0);
            Thread.ofPlatform().start(() -> {
                try (reader) {
                    List<Long> numbers = new ArrayList<>();
                    while (numbers.size() < last) {
                        reader.next(50, LONG).forEach(entry -> numbers.add(entry.number()));
                    }
                    read.complete(numbers);
                } catch (InterruptedException | RuntimeException e) {
                    read.completeExceptionally(e);
                }
            });
            for (long next = 1; next <= last && !read.isCompletedExceptionally(); next = queue.lastNumber() + 1) {
                try {
                    queue.append(entries(next, next + 19));
                } catch (QueueFullException e) {
                    // Full until the reader has got further: LIMITS holds less than all of it.
                    queue.release(last);
                }
            }
            assertThat(read.get(60, TimeUnit.SECONDS)).containsExactlyElementsOf(numbers(1, last));
            assertThat(queue.firstNumber()).isGreaterThan(1);
        }
    }

    @Test
    void a_queue_of_another_life_is_set_aside() throws Exception {
        LocalQueues queues = queues();
        try (LocalQueue queue = queues.open("fanout", "a/1")) {
            queue.append(entries(1, 3));
            assertThatIllegalStateException().isThrownBy(() -> queues.open("fanout", "a/1"));
        }
        try (LocalQueue queue = queues.open("fanout", "a/2")) {
            assertThat(queue.lastNumber()).isZero();
            queue.append(entries(90, 91));
        }
        assertThat(setAside).singleElement().asString().contains("fanout", "another life");
    }

    protected static List<QueueEntry> entries(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(n -> new QueueEntry(n, payload(n)))
                .toList();
    }

    protected static List<Long> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    /// Reads until nothing is left or the limit is reached; looks at each payload.
    protected static List<Long> read(LocalQueue.Reader reader, int limit) throws InterruptedException {
        List<Long> numbers = new ArrayList<>();
        List<QueueEntry> some = reader.next(limit, AT_ONCE);
        while (!some.isEmpty()) {
            for (QueueEntry entry : some) {
                assertThat(entry.payload()).isEqualTo(payload(entry.number()));
                numbers.add(entry.number());
            }
            some = numbers.size() == limit ? List.of() : reader.next(limit - numbers.size(), AT_ONCE);
        }
        return numbers;
    }

    protected static byte[] payload(long number) {
        return ("entry " + number + " " + "x".repeat((int) (number % 50))).getBytes(StandardCharsets.UTF_8);
    }
}
