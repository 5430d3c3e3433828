package dev.parley.jepsen.workload;

import dev.parley.client.socket.FrameHandler;
import dev.parley.client.socket.WebSocketLink;
import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.Op;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.Message;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import dev.parley.protocol.json.InvalidInput;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A device that only listens, over a bare socket: it asks for what it misses, writes down what it is sent as
/// it comes,
/// and leaves for another node every now and then. Until the node says that it is in step, pages and pushes may
/// overlap:
/// they are put together then, without what the device had already. From there on nothing here mends the order
/// or drops what comes twice.
final class Tail implements Callable<Void> {

    private static final Duration SILENCE_MAX = Duration.ofSeconds(6);

    private final Stage stage;
    private final Rooms rooms;
    private final Caller device;
    private final SplittableRandom random;
    private final String name;
    private final Map<String, Long> positions = new ConcurrentHashMap<>();
    private final Map<String, List<Message>> shown = new ConcurrentHashMap<>();

    Tail(Stage stage, Rooms rooms, Caller device, String name) {
        this.stage = stage;
        this.rooms = rooms;
        this.device = device;
        this.name = name;
        this.random = stage.split();
        rooms.all().forEach(room -> positions.put(room.conversationId(), 0L));
    }

    @Override
    public Void call() throws InterruptedException {
        int node = random.nextInt(stage.cluster().size());
        while (!stage.isOver()) {
            listen(node, TimeUnit.SECONDS.toNanos(3 + random.nextInt(12)));
            node = random.nextInt(stage.cluster().size());
            stage.pause(100);
        }
        return null;
    }

    /// Once everything is at rest: catches up a last time, and writes down all that this device was shown.
    void finish() throws InterruptedException {
        int node = 0;
        while (!listen(node, 0) && node < 3 * stage.cluster().size()) {
            node++;
        }
        int process = stage.recorder().newProcess();
        for (Room room : rooms.all()) {
            Datum asked = Datum.vec(Datum.text(name), Datum.num(room.number()));
            stage.recorder().invoke(process, "device", asked, Optional.empty());
            Datum all = Datum.vec(
                    Datum.text(name),
                    Datum.num(room.number()),
                    Room.pairs(shown.getOrDefault(room.conversationId(), List.of())));
            stage.recorder().end(process, Op.Type.OK, "device", all, Optional.empty(), Optional.empty());
        }
    }

    /// @return whether the device came in step
    private boolean listen(int number, long spanNanos) throws InterruptedException {
        int node = number % stage.cluster().size();
        int process = stage.recorder().newProcess();
        Optional<String> at = Optional.of(stage.cluster().id(node));
        Datum all = Datum.vec(
                rooms.all().stream().map(room -> Datum.num(room.number())).toList());
        stage.recorder().invoke(process, "assign", all, at);
        URI url = stage.url(node);
        try (WebSocketLink link = device.openLink(url)) {
            link.send(FrameJson.encode(
                    new ClientFrame.SyncStart(new HashMap<>(positions), Optional.empty(), Optional.empty())));
            stage.recorder().end(process, Op.Type.OK, "assign", all, at, Optional.empty());
            CountDownLatch ended = new CountDownLatch(1);
            Taking taking = new Taking(process, at);
            Thread.ofVirtual().name("tail-read").start(() -> {
                link.read(taking);
                ended.countDown();
            });
            long deadline = System.nanoTime() + spanNanos;
            while (!ended.await(500, TimeUnit.MILLISECONDS)
                    && !(taking.inStep && (stage.isOver() || System.nanoTime() - deadline > 0))) {
                if (link.silence().compareTo(SILENCE_MAX) > 0) {
                    link.abort();
                } else {
                    link.ping();
                }
            }
            // What the reader still takes belongs to this process: the next one begins behind it.
            link.abort();
            return ended.await(5, TimeUnit.SECONDS) && taking.inStep;
        } catch (IOException e) {
            // The node is away: an operation that it did not answer has failed, one that it answered has its own lines.
            stage.recorder().endIfOpen(process, Op.Type.FAIL, "assign", all, at, "not-connected");
            return false;
        }
    }

    private final class Taking implements FrameHandler {

        private final int process;
        private final Optional<String> at;
        private final Map<String, NavigableMap<Long, Message>> early = new HashMap<>();
        private volatile boolean inStep;

        Taking(int process, Optional<String> at) {
            this.process = process;
            this.at = at;
        }

        @Override
        public void text(byte[] buffer, int offset, int length) {
            try {
                switch (FrameJson.decodeServer(Arrays.copyOfRange(buffer, offset, offset + length))) {
                    case ServerFrame.MessageNew(Message message) -> take(List.of(message));
                    case ServerFrame.SyncBatch(String _, List<Message> messages) -> take(messages);
                    case ServerFrame.SyncDone _ -> {
                        inStep = true;
                        early.forEach((conversationId, records) ->
                                take(List.copyOf(records.tailMap(positions.getOrDefault(conversationId, 0L), false)
                                        .values())));
                    }
                    default -> {
                        // not of the log
                    }
                }
            } catch (InvalidInput e) {
                throw new IllegalStateException("a node sent what is no frame", e);
            }
        }

        private void take(List<Message> records) {
            if (records.isEmpty()) {
                return;
            }
            String conversationId = records.getFirst().conversationId();
            if (!inStep) {
                NavigableMap<Long, Message> waiting = early.computeIfAbsent(conversationId, _ -> new TreeMap<>());
                records.forEach(record -> waiting.put(record.conversationSeq(), record));
                return;
            }
            rooms.all().stream()
                    .filter(room -> room.conversationId().equals(conversationId))
                    .findFirst()
                    .ifPresent(room -> {
                        stage.recorder().invoke(process, "poll", Room.polling(), at);
                        stage.recorder()
                                .end(process, Op.Type.OK, "poll", room.polled(records, false), at, Optional.empty());
                        positions.put(conversationId, records.getLast().conversationSeq());
                        shown.computeIfAbsent(conversationId, _ -> new CopyOnWriteArrayList<>())
                                .addAll(records);
                    });
        }
    }
}
