package dev.parley.raftstorage.chronicle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.raftstorage.queue.DiskRoom;
import dev.parley.raftstorage.queue.LocalQueue;
import dev.parley.raftstorage.queue.QueueEntry;
import dev.parley.raftstorage.queue.QueueFullException;
import dev.parley.raftstorage.queue.QueueLimits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process of its own appends, and is killed with SIGKILL in the middle of it, again and again on the same files.
class KilledQueueTest {
    private static final QueueLimits LIMITS = new QueueLimits(1L << 30, 200_000, 0, 0);
    private static final int KILLS = 4;
    private static final long SEED = 13;

    @TempDir
    Path directory;

    @Test
    void what_was_readable_before_a_kill_still_is_and_the_numbers_are_dense() throws Exception {
        List<String> setAside = new ArrayList<>();
        Random random = new Random(SEED);
        long readable = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long appended = appendAndKill(readable + 200 + random.nextInt(3_000));
            long found = readAll(setAside);
            assertThat(found).as("seed %d, kill %d", SEED, kill).isGreaterThanOrEqualTo(appended);
            assertThat(setAside).as("seed %d, kill %d", SEED, kill).isEmpty();
            readable = found;
        }
    }

    /// Starts an appender, and kills it once this much is appended.
    ///
    /// @return the last number that it printed
    private long appendAndKill(long through) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--") || argument.startsWith("-Dchronicle."))
                .forEach(command::add);
        command.addAll(List.of(
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Appender.class.getName(),
                directory.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long appended = 0;
        boolean killed = false;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null) {
                if (line.startsWith("LAST ")) {
                    appended = Long.parseLong(line.substring(5));
                }
                if (appended >= through && !killed) {
                    // The handle's way leaves the pipe open: what was printed before is still read.
                    killed = process.toHandle().destroyForcibly();
                }
                line = out.readLine();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(killed).as("killed by this test, not dead by itself").isTrue();
        return appended;
    }

    /// Reads the queue from its beginning, and holds each entry against what was appended.
    ///
    /// @return the last number
    private long readAll(List<String> setAside) throws InterruptedException, IOException {
        try (LocalQueue queue = open(directory, setAside);
                LocalQueue.Reader reader = queue.reader(0)) {
            long last = 0;
            List<QueueEntry> some = reader.next(1_000, Duration.ZERO);
            while (!some.isEmpty()) {
                for (QueueEntry entry : some) {
                    assertThat(entry.number()).isEqualTo(++last);
                    assertThat(entry.payload()).isEqualTo(payload(last));
                }
                some = reader.next(1_000, Duration.ZERO);
            }
            assertThat(queue.lastNumber()).isEqualTo(last);
            try (LocalQueue.Reader middle = queue.reader(last / 2)) {
                assertThat(middle.next(1, Duration.ZERO).getFirst().number()).isEqualTo(last / 2 + 1);
            }
            return last;
        }
    }

    private static LocalQueue open(Path directory, List<String> setAside) throws IOException {
        DiskRoom disk = DiskRoom.of(directory);
        return new ChronicleQueues(
                        directory, LIMITS, disk, Clock.systemUTC(), (name, reason) -> setAside.add(name + reason))
                .open("fanout", "a/1");
    }

    private static byte[] payload(long number) {
        byte[] payload = new byte[Long.BYTES + (int) (number * 37 % 1_000)];
        Arrays.fill(payload, (byte) number);
        ByteBuffer.wrap(payload).putLong(~number);
        return payload;
    }

    /// The process that is killed: appends as fast as it can, and prints the last number after each append.
    static final class Appender {
        private Appender() {}

        /// Runs until it is killed.
        ///
        /// @param args directory
        @SuppressWarnings("SystemOut")
        public static void main(String[] args) throws IOException, QueueFullException {
            List<String> setAside = new ArrayList<>();
            try (LocalQueue queue = open(Path.of(args[0]), setAside)) {
                long next = queue.lastNumber() + 1;
                while (setAside.isEmpty()) {
                    List<QueueEntry> entries = new ArrayList<>();
                    for (long size = next % 7; size >= 0; size--) {
                        entries.add(new QueueEntry(next, payload(next)));
                        next++;
                    }
                    queue.append(entries);
                    System.out.println("LAST " + (next - 1));
                }
            }
        }
    }
}
