package dev.parley.cli.bench;

import dev.parley.cli.CommandFailed;
import dev.parley.cli.Table;
import dev.parley.client.ParleyClient;
import dev.parley.client.socket.FrameHandler;
import dev.parley.client.socket.WebSocketLink;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `parley bench sync`: what a device pays that comes back after an absence. Exit code 1 if an answer lacked a
/// conversation that had changed.
@Command(
        name = "sync",
        description = "Measures how long a device syncs that was away while some of its conversations changed.",
        mixinStandardHelpOptions = true)
final class SyncCommand implements Callable<Integer> {

    private static final long PATIENCE_SECONDS = 120;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private BenchTarget target = new BenchTarget();

    @Option(
            names = "--conversations",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Conversations of the user (default ${DEFAULT-VALUE}).")
    private int conversations = 1_000;

    @Option(
            names = "--changed",
            paramLabel = "N,N",
            split = ",",
            defaultValue = "20,1000",
            description = "How many got a message meanwhile; one measurement each (default ${DEFAULT-VALUE}).")
    private List<Integer> changed = List.of();

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "30",
            description = "How often each is measured (default ${DEFAULT-VALUE}).")
    private int repeat = 30;

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (conversations < 1 || conversations > 10_000) {
            throw CommandFailed.mistake("--conversations must be 1 to 10000, not " + conversations + ".");
        }
        for (int count : changed) {
            if (count < 1 || count > conversations) {
                throw CommandFailed.mistake("--changed must be 1 to " + conversations + ", not " + count + ".");
            }
        }
        if (repeat < 1) {
            throw CommandFailed.mistake("--repeat must be 1 or more.");
        }
        PrintWriter err = spec.commandLine().getErr();
        err.printf("parley: making %d conversations%n", conversations);
        BenchUsers users = target.users();
        ParleyClient reader = users.user("reader", 0);
        ParleyClient writer = users.user("writer", 1);
        reader.me();
        List<String> ids = BenchUsers.inParallel(
                conversations, number -> writer.group("bench " + number, List.of(reader.userId())));
        post(writer, ids);

        Table table = new Table("CHANGED", "OF", "P50 MS", "P90 MS", "MAX MS", "FRAMES", "KB");
        try (Syncer syncer = new Syncer(reader.openLink(target.urls().getFirst()))) {
            long since = settled(syncer, 0, conversations);
            for (int count : changed) {
                err.printf("parley: %d of %d change%n", count, conversations);
                post(writer, ids.subList(0, count));
                long next = settled(syncer, since, count);
                measure(syncer, since, count, table);
                since = next;
            }
        }
        table.print(spec.commandLine().getOut());
        return 0;
    }

    private static void post(ParleyClient writer, List<String> ids) throws InterruptedException {
        BenchUsers.inParallel(
                ids,
                id -> writer.post(
                        id, UUID.randomUUID().toString(), "a message of " + Long.toString(System.nanoTime())));
    }

    /// Syncs until the list knows of all that was posted.
    ///
    /// @return the version to go on from
    private static long settled(Syncer syncer, long since, int count) throws InterruptedException, IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        int seen = 0;
        while (System.nanoTime() - until < 0) {
            Answer answer = syncer.sync(since);
            seen = answer.conversations();
            if (seen >= count) {
                return answer.version();
            }
        }
        throw CommandFailed.failed(
                "after " + PATIENCE_SECONDS + " s only " + seen + " of " + count + " changed conversations were told.");
    }

    private void measure(Syncer syncer, long since, int count, Table table) throws InterruptedException, IOException {
        Histogram times = new Histogram(3_600_000_000L, 3);
        Answer last = new Answer(0, 0, 0, 0);
        for (int i = 0; i < repeat; i++) {
            long start = System.nanoTime();
            last = syncer.sync(since);
            times.recordValue((System.nanoTime() - start) / 1_000);
            if (last.conversations() != count) {
                throw CommandFailed.failed(
                        "a sync told of " + last.conversations() + " changed conversations instead of " + count + ".");
            }
        }
        table.row(
                Integer.toString(count),
                Integer.toString(conversations),
                millis(times, 50),
                millis(times, 90),
                millis(times, 100),
                Integer.toString(last.frames()),
                String.format(Locale.ROOT, "%.0f", last.bytes() / 1e3));
    }

    private static String millis(Histogram times, double percentile) {
        return String.format(Locale.ROOT, "%.1f", times.getValueAtPercentile(percentile) / 1e3);
    }

    /// What came for one `sync.start`.
    ///
    /// @param version the next `since`
    /// @param conversations that had changed
    private record Answer(long version, int conversations, int frames, long bytes) {}

    /// One device's connection. The calling thread asks, a virtual one reads.
    private static final class Syncer implements FrameHandler, AutoCloseable {

        private static final String REF = "bench";

        private final WebSocketLink link;

        /// Frames as they came. A slow caller stops the reader, and with it the server.
        private final BlockingQueue<byte[]> frames = new ArrayBlockingQueue<>(4_096);

        Syncer(WebSocketLink link) {
            this.link = link;
            Thread.ofVirtual().name("bench-sync").start(() -> link.read(this));
        }

        Answer sync(long since) throws IOException, InterruptedException {
            frames.clear();
            link.send(FrameJson.encode(new ClientFrame.SyncStart(Map.of(), Optional.of(since), Optional.of(REF))));
            java.util.Set<String> changed = new java.util.HashSet<>();
            int count = 0;
            long bytes = 0;
            while (true) {
                byte[] frame = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (frame == null) {
                    throw CommandFailed.failed("a sync was not answered within " + PATIENCE_SECONDS + " s.");
                }
                count++;
                bytes += frame.length;
                switch (FrameJson.decodeServer(frame)) {
                    case ServerFrame.SyncBatch batch -> changed.add(batch.conversationId());
                    case ServerFrame.SyncDone done
                    when done.ref().equals(Optional.of(REF)) -> {
                        if (!done.resumed()) {
                            throw CommandFailed.failed("the node could not continue from version " + since + ".");
                        }
                        return new Answer(done.inboxVersion(), changed.size(), count, bytes);
                    }
                    default -> {} // changes of the list, marks, live records: other frames than these are not counted
                    // on
                }
            }
        }

        @Override
        public void text(byte[] buffer, int offset, int length) {
            try {
                frames.put(Arrays.copyOfRange(buffer, offset, offset + length));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void drained() {
            // nothing was queued
        }

        @Override
        public void close() {
            link.close();
        }
    }
}
