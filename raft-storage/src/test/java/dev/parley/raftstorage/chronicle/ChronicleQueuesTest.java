package dev.parley.raftstorage.chronicle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.raftstorage.queue.LocalQueue;
import dev.parley.raftstorage.queue.LocalQueues;
import dev.parley.raftstorage.queue.LocalQueuesContract;
import dev.parley.raftstorage.queue.QueueEntry;
import dev.parley.raftstorage.queue.QueueFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChronicleQueuesTest extends LocalQueuesContract {
    @TempDir
    Path root;

    @Override
    protected LocalQueues queues() {
        return new ChronicleQueues(
                root, LIMITS, disk, Clock.systemUTC(), (name, reason) -> setAside.add(name + ": " + reason));
    }

    @Test
    void damage_in_the_middle_sets_the_queue_aside_and_only_the_newest_is_kept() throws Exception {
        for (int round = 0; round < 2; round++) {
            filled(1, 30);
            overwrite(files().getFirst(), "entry 12 ", (byte) '!');
            try (LocalQueue queue = queues().open("fanout", "a/1")) {
                assertThat(queue.lastNumber()).isZero();
            }
            assertThat(setAside).hasSize(round + 1).last().asString().contains("checksum");
        }
        try (Stream<Path> list = Files.list(root)) {
            assertThat(list.map(path -> path.getFileName().toString()))
                    .filteredOn(name -> name.contains("damaged"))
                    .hasSize(1);
        }
    }

    @Test
    void a_torn_tail_is_dropped_and_appends_go_on_behind_what_is_whole() throws Exception {
        filled(1, 30);
        overwrite(files().getLast(), "entry 30 ", (byte) 0);

        try (LocalQueue queue = queues().open("fanout", "a/1")) {
            assertThat(queue.lastNumber()).isEqualTo(29);
            queue.append(entries(30, 35));
        }
        try (LocalQueue queue = queues().open("fanout", "a/1");
                LocalQueue.Reader reader = queue.reader(0)) {
            assertThat(read(reader, 100)).containsExactlyElementsOf(numbers(1, 35));
        }
        assertThat(setAside).isEmpty();
    }

    @Test
    void a_truncated_older_file_sets_the_queue_aside() throws Exception {
        filled(1, 30);
        filled(31, 60);
        try (FileChannel file = FileChannel.open(files().getFirst(), StandardOpenOption.WRITE)) {
            file.truncate(100);
        }
        try (LocalQueue queue = queues().open("fanout", "a/1")) {
            assertThat(queue.lastNumber()).isZero();
        }
        assertThat(setAside).hasSize(1);
    }

    @Test
    void a_zeroed_or_broken_header_before_whole_entries_sets_the_queue_aside() throws Exception {
        List<Integer> headers = List.of(0, 0x8000_0000 | 20, 0x0FFF_FFF0);
        for (int header : headers) {
            filled(1, 30);
            overwriteHeader(files().getLast(), 12, header);
            try (LocalQueue queue = queues().open("fanout", "a/1")) {
                assertThat(queue.lastNumber()).as("header %x", header).isZero();
            }
        }
        assertThat(setAside).hasSize(headers.size()).allMatch(reason -> reason.contains("entry 12 is broken"));
    }

    @Test
    void an_uncommitted_or_broken_header_of_the_last_entry_drops_just_that() throws Exception {
        filled(1, 30);
        long last = 30;
        for (int header : List.of(0, 0x8000_0000 | 20, 0x8000_0000, 0x0FFF_FFF0)) {
            overwriteHeader(files().getLast(), last, header);
            try (LocalQueue queue = queues().open("fanout", "a/1")) {
                assertThat(queue.lastNumber()).as("header %x", header).isEqualTo(last - 1);
                queue.append(entries(last, last + 5));
                last += 5;
            }
        }
        try (LocalQueue queue = queues().open("fanout", "a/1");
                LocalQueue.Reader reader = queue.reader(0)) {
            assertThat(read(reader, 1_000)).containsExactlyElementsOf(numbers(1, last));
        }
        assertThat(setAside).isEmpty();
    }

    @Test
    void a_file_that_its_writer_did_not_get_to_begin_counts_as_never_made() throws Exception {
        filled(1, 30);
        Path unborn = Files.createDirectory(root.resolve("fanout").resolve("%019d".formatted(31)));
        Files.write(unborn.resolve("metadata.cq4t"), new byte[100]);
        try (LocalQueue queue = queues().open("fanout", "a/1")) {
            assertThat(queue.lastNumber()).isEqualTo(30);
            queue.append(entries(31, 32));
            assertThat(queue.lastNumber()).isEqualTo(32);
        }
        assertThat(setAside).isEmpty();
    }

    @Test
    void release_deletes_from_the_disk_and_makes_room() throws Exception {
        try (LocalQueue queue = queues().open("fanout", "a/1")) {
            long next = 1;
            for (int i = 0; i < 9; i++) {
                queue.append(List.of(new QueueEntry(next++, new byte[11_000])));
            }
            List<QueueEntry> more = List.of(new QueueEntry(next, new byte[11_000]));
            assertThatExceptionOfType(QueueFullException.class).isThrownBy(() -> queue.append(more));
            assertThat(files()).hasSize(9);
            queue.release(4);
            assertThat(files()).hasSize(5);
            assertThat(queue.firstNumber()).isEqualTo(5);
            queue.append(more);
        }
        try (LocalQueue queue = queues().open("fanout", "a/1");
                LocalQueue.Reader reader = queue.reader(4)) {
            assertThat(reader.next(100, AT_ONCE)).extracting(QueueEntry::number).containsExactly(5L);
            assertThat(reader.next(100, AT_ONCE)).extracting(QueueEntry::number).containsExactly(6L);
        }
    }

    private void filled(long from, long to) throws Exception {
        try (LocalQueue queue = queues().open("fanout", "a/1")) {
            queue.append(entries(from, to));
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> walk = Files.walk(root.resolve("fanout"))) {
            return walk.filter(path -> path.toString().endsWith(".cq4"))
                    .sorted()
                    .toList();
        }
    }

    /// An entry's header is in the four bytes before its number.
    private static void overwriteHeader(Path file, long number, int header) throws IOException {
        ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        String text = "entry " + number + " ";
        int at = new String(content.array(), StandardCharsets.ISO_8859_1).indexOf(text)
                - LocalQueue.ENTRY_OVERHEAD_BYTES
                - Integer.BYTES;
        assertThat(content.getLong(at + Integer.BYTES)).isEqualTo(number);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
            channel.write(bytes.putInt(header).flip(), at);
        }
    }

    private static void overwrite(Path file, String text, byte with) throws IOException {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        int at = content.indexOf(text);
        assertThat(at).isPositive();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {with, with, with}), at);
        }
    }
}
