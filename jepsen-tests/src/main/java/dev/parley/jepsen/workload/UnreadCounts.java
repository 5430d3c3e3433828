package dev.parley.jepsen.workload;

import dev.parley.jepsen.checker.Checker;
import dev.parley.jepsen.checker.Unread;
import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.Op;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/// Some write, and one who writes nothing reads now here, now there, and says how far. At the end the list of
/// that user,
/// as every node tells it, has the count of the log behind the read position, which never went back.
public final class UnreadCounts implements Workload {
    private static final int USERS = 3;
    private static final int ROOMS = 10;
    private static final int WRITERS = 4;
    private static final int READERS = 3;
    private static final int LIST_MAX = 50;
    private static final int SETTLE_TRIES = 300;

    private Optional<Rooms> rooms = Optional.empty();

    @Override
    public List<Callable<Void>> setUp(Stage stage) throws InterruptedException {
        Rooms made = Rooms.open(stage, USERS, ROOMS);
        rooms = Optional.of(made);
        List<Callable<Void>> workers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Caller writer = made.user(i % (USERS - 1));
            SplittableRandom random = stage.split();
            workers.add(() -> write(stage, made, writer, random));
        }
        for (int i = 0; i < READERS; i++) {
            SplittableRandom random = stage.split();
            workers.add(() -> read(stage, made, random));
        }
        return workers;
    }

    private static Void write(Stage stage, Rooms rooms, Caller writer, SplittableRandom random)
            throws InterruptedException {
        int process = stage.recorder().newProcess();
        while (stage.pause(random.nextInt(100))) {
            Room room = rooms.room(random.nextInt(ROOMS));
            int node = random.nextInt(stage.cluster().size());
            if (rooms.send(process, writer, room, rooms.newMessage(), node) == Op.Type.INFO) {
                process = stage.recorder().newProcess(); // the old one may still do it
            }
        }
        return null;
    }

    /// Reads a page somewhere and marks some of it read.
    private static Void read(Stage stage, Rooms rooms, SplittableRandom random) throws InterruptedException {
        Caller reader = rooms.user(USERS - 1);
        Map<Long, Long> positions = new HashMap<>();
        int process = stage.recorder().newProcess();
        while (stage.pause(random.nextInt(120))) {
            Room room = rooms.room(random.nextInt(ROOMS));
            int node = random.nextInt(stage.cluster().size());
            long before = positions.getOrDefault(room.number(), 0L);
            long through = rooms.poll(process, reader, room, before, node);
            positions.put(room.number(), through);
            if (through > 0) {
                Caller.Answer _ = reader.markRead(
                        stage.url(node), room.conversationId(), "d_" + (USERS - 1), 1 + random.nextLong(through));
            }
        }
        return null;
    }

    @Override
    public void finish(Stage stage) throws InterruptedException {
        Rooms made = rooms.orElseThrow();
        made.drain();
        for (int node = 0; node < stage.cluster().size(); node++) {
            Optional<Rest.ConversationList> list = settled(stage, made, node);
            for (Room room : made.all()) {
                count(stage, room, node, list);
            }
        }
    }

    /// The list hears of everything a little later: it is asked until it is as new as the log of each room, and
    /// then
    /// once more, for good.
    private static Optional<Rest.ConversationList> settled(Stage stage, Rooms rooms, int node)
            throws InterruptedException {
        Caller reader = rooms.user(USERS - 1);
        Optional<Rest.ConversationList> last = Optional.empty();
        for (int tries = 0; tries < SETTLE_TRIES; tries++) {
            Caller.Answer answer =
                    reader.call(stage.url(node), "GET", "/v1/conversations?limit=" + LIST_MAX, Optional.empty());
            if (answer.isOk()) {
                Rest.ConversationList list = RestJson.decodeConversationList(answer.body());
                if (last.filter(before -> before.equals(list)).isPresent()
                        && list.conversations().size() == ROOMS) {
                    return last;
                }
                last = Optional.of(list);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000_000);
        }
        return Optional.empty();
    }

    private static void count(Stage stage, Room room, int node, Optional<Rest.ConversationList> list) {
        int process = stage.recorder().newProcess();
        Optional<String> at = Optional.of(stage.cluster().id(node));
        stage.recorder().invoke(process, "unread", Datum.vec(), at);
        Optional<Datum> value = list.flatMap(all -> all.conversations().stream()
                        .filter(summary -> summary.conversationId().equals(room.conversationId()))
                        .findFirst())
                .map(summary -> Datum.vec(
                        Datum.num(room.number()),
                        Datum.num(USERS - 1),
                        Datum.num(summary.readThroughSeq()),
                        Datum.num(summary.unread())));
        stage.recorder()
                .end(
                        process,
                        value.isPresent() ? Op.Type.OK : Op.Type.FAIL,
                        "unread",
                        value.orElseGet(Datum::vec),
                        at,
                        Optional.empty());
    }

    @Override
    public List<Checker> checkers() {
        return List.of(new Unread());
    }
}
