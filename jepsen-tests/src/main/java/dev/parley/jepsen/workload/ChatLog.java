package dev.parley.jepsen.workload;

import dev.parley.jepsen.checker.Checker;
import dev.parley.jepsen.checker.DeviceLogs;
import dev.parley.jepsen.checker.ExactlyOnce;
import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/// Users write into a few groups, read them page by page and by live sessions, and change nodes: the log of
/// Kafka's
/// Jepsen tests, in the shape of a chat.
public final class ChatLog implements Workload {

    private final Shape shape;
    private final List<Tail> tails = new ArrayList<>();
    private Optional<Rooms> rooms = Optional.empty();

    /// How many, how fast, and what mix.
    ///
    /// @param sendShare of a hundred operations how many are sends
    /// @param insist whether a send of unknown outcome is sent again with the same id until it is answered
    public record Shape(int users, int rooms, int writers, int tails, int pauseMillis, int sendShare, boolean insist) {

        /// Writes, reads and listens.
        public static final Shape CHAT_LOG = new Shape(4, 6, 6, 2, 60, 60, false);

        /// Writes as fast as it can be answered; read once, at the end.
        public static final Shape DRAIN = new Shape(8, 12, 12, 0, 5, 100, false);

        /// Sends again whatever has no answer.
        public static final Shape EXACTLY_ONCE = new Shape(4, 4, 8, 0, 60, 90, true);

        /// Over so many conversations that every partition has many: one that is stuck shows.
        public static final Shape MANY_PARTITIONS = new Shape(6, 64, 10, 1, 30, 80, false);
    }

    public ChatLog(Shape shape) {
        this.shape = shape;
    }

    @Override
    public List<Callable<Void>> setUp(Stage stage) throws InterruptedException {
        Rooms made = Rooms.open(stage, shape.users(), shape.rooms());
        rooms = Optional.of(made);
        List<Callable<Void>> workers = new ArrayList<>();
        for (int i = 0; i < shape.writers(); i++) {
            workers.add(new Writer(stage, made, made.user(i)));
        }
        for (int i = 0; i < shape.tails(); i++) {
            Caller device = Caller.of(stage.http(), stage.url(0), made.bearer(i), "d_tail_" + i);
            Tail tail = new Tail(stage, made, device, "tail-" + i);
            tails.add(tail);
            workers.add(tail);
        }
        return workers;
    }

    @Override
    public void finish(Stage stage) throws InterruptedException {
        rooms.orElseThrow().drain();
        for (Tail tail : tails) {
            tail.finish();
        }
    }

    @Override
    public List<Checker> checkers() {
        return shape.tails() > 0 ? List.of(new ExactlyOnce(), new DeviceLogs()) : List.of(new ExactlyOnce());
    }

    /// One client: at one node until it fails or feels like another.
    private final class Writer implements Callable<Void> {

        private final Stage stage;
        private final Rooms rooms;
        private final Caller user;
        private final SplittableRandom random;
        private int process;
        private int node;
        private int room;
        private long position;

        Writer(Stage stage, Rooms rooms, Caller user) {
            this.stage = stage;
            this.rooms = rooms;
            this.user = user;
            this.random = stage.split();
            this.process = stage.recorder().newProcess();
            this.node = random.nextInt(stage.cluster().size());
        }

        @Override
        public Void call() throws InterruptedException {
            assign();
            while (stage.pause(random.nextInt(2 * shape.pauseMillis()))) {
                if (random.nextInt(20) == 0) {
                    node = random.nextInt(stage.cluster().size());
                }
                if (random.nextInt(100) < shape.sendShare()) {
                    send(rooms.room(random.nextInt(rooms.all().size())), rooms.newMessage());
                } else if (random.nextInt(10) == 0) {
                    assign();
                } else {
                    position = rooms.poll(process, user, rooms.room(room), position, node);
                }
            }
            return null;
        }

        private void send(Room to, long message) throws InterruptedException {
            Op.Type outcome = rooms.send(process, user, to, message, node);
            while (outcome != Op.Type.OK) {
                node = random.nextInt(stage.cluster().size());
                if (outcome == Op.Type.INFO) {
                    process = stage.recorder().newProcess(); // the old one may still do it
                    assign();
                }
                if (!shape.insist() || stage.isOver()) {
                    return;
                }
                stage.pause(200L + random.nextInt(400));
                outcome = rooms.send(process, user, to, message, node);
            }
        }

        /// Begins to read some room from its beginning.
        private void assign() {
            room = random.nextInt(rooms.all().size());
            position = 0;
            Datum value = Datum.vec(Datum.num(rooms.room(room).number()));
            Optional<String> at = Optional.of(stage.cluster().id(node));
            stage.recorder().invoke(process, "assign", value, at);
            stage.recorder().end(process, Op.Type.OK, "assign", value, at, Optional.empty());
        }
    }
}
