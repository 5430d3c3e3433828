package dev.parley.jepsen.workload;

import dev.parley.client.socket.FrameHandler;
import dev.parley.client.socket.WebSocketLink;
import dev.parley.jepsen.checker.Checker;
import dev.parley.jepsen.checker.Fences;
import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.Op;
import dev.parley.protocol.Message;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import dev.parley.protocol.json.InvalidInput;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A member is removed from one room after the other, while it and others write, and its devices read and
/// listen at all
/// nodes: behind the acknowledged removal nothing of it is taken, and nothing later reaches it.
public final class Membership implements Workload {
    private static final int USERS = 4;
    private static final int ROOMS = 24;
    private static final int WRITERS = 4;
    private static final int VICTIMS = 3;
    private static final int LISTENERS = 2;

    private Optional<Rooms> rooms = Optional.empty();

    @Override
    public List<Callable<Void>> setUp(Stage stage) throws InterruptedException {
        Rooms made = Rooms.open(stage, USERS, ROOMS);
        rooms = Optional.of(made);
        List<Callable<Void>> workers = new java.util.ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Caller writer = made.user(i % (USERS - 1));
            workers.add(new Writer(stage, made, writer, false));
        }
        for (int i = 0; i < VICTIMS; i++) {
            workers.add(new Writer(stage, made, made.user(USERS - 1), true));
        }
        for (int i = 0; i < LISTENERS; i++) {
            Caller device = Caller.of(stage.http(), stage.url(0), made.bearer(USERS - 1), "d_listener_" + i);
            workers.add(new Listener(stage, made, device));
        }
        workers.add(new Remover(stage, made));
        return workers;
    }

    @Override
    public void finish(Stage stage) throws InterruptedException {
        rooms.orElseThrow().drain();
    }

    @Override
    public List<Checker> checkers() {
        return List.of(new Fences());
    }

    private static Datum member(Room room) {
        return Datum.vec(Datum.num(room.number()), Datum.num(USERS - 1));
    }

    private static Optional<Room> room(Rooms rooms, String conversationId) {
        return rooms.all().stream()
                .filter(room -> room.conversationId().equals(conversationId))
                .findFirst();
    }

    /// Writes and reads in any room; as the victim, with lines of their own in the history.
    private record Writer(Stage stage, Rooms rooms, Caller user, boolean victim, SplittableRandom random)
            implements Callable<Void> {
        Writer(Stage stage, Rooms rooms, Caller user, boolean victim) {
            this(stage, rooms, user, victim, stage.split());
        }

        @Override
        public Void call() throws InterruptedException {
            int process = stage.recorder().newProcess();
            int wrapping = stage.recorder().newProcess();
            while (stage.pause(random.nextInt(80))) {
                Room room = rooms.room(random.nextInt(rooms.all().size()));
                int node = random.nextInt(stage.cluster().size());
                if (victim && random.nextBoolean()) {
                    read(room, node);
                    continue;
                }
                Optional<String> at = Optional.of(stage.cluster().id(node));
                if (victim) {
                    stage.recorder().invoke(wrapping, "member-send", member(room), at);
                }
                Op.Type outcome = rooms.send(process, user, room, rooms.newMessage(), node);
                if (victim) {
                    stage.recorder().end(wrapping, outcome, "member-send", member(room), at, Optional.empty());
                }
                if (outcome == Op.Type.INFO) {
                    process = stage.recorder().newProcess(); // the old one may still do it
                    wrapping = stage.recorder().newProcess();
                }
            }
            return null;
        }

        /// The newest page that there may be: what comes after a removal stands there.
        private void read(Room room, int node) throws InterruptedException {
            int process = stage.recorder().newProcess();
            Optional<String> at = Optional.of(stage.cluster().id(node));
            stage.recorder().invoke(process, "member-poll", member(room), at);
            Optional<List<Message>> whole = user.whole(stage.url(node), room.conversationId());
            stage.recorder()
                    .end(
                            process,
                            whole.isPresent() ? Op.Type.OK : Op.Type.FAIL,
                            "member-poll",
                            whole.map(records -> brought(room, records)).orElseGet(() -> member(room)),
                            at,
                            Optional.empty());
        }
    }

    private static Datum brought(Room room, List<Message> records) {
        return Datum.vec(
                Datum.num(room.number()),
                Datum.num(USERS - 1),
                Datum.vec(records.stream().map(Room::messageOf).toList()));
    }

    /// Removes the member from a room every now and then; the founder of the rooms may.
    private record Remover(Stage stage, Rooms rooms) implements Callable<Void> {
        @Override
        public Void call() throws InterruptedException {
            Caller founder = rooms.user(0);
            String victim = rooms.user(USERS - 1).userId();
            for (Room room : rooms.all()) {
                boolean removed = false;
                while (!removed) {
                    if (!stage.pause(1_200)) {
                        return null;
                    }
                    removed = remove(founder, victim, room);
                }
            }
            return null;
        }

        private boolean remove(Caller founder, String victim, Room room) throws InterruptedException {
            int process = stage.recorder().newProcess();
            int node = (int) (room.number() % stage.cluster().size());
            Optional<String> at = Optional.of(stage.cluster().id(node));
            stage.recorder().invoke(process, "remove", member(room), at);
            Caller.Answer answer = founder.call(
                    stage.url(node),
                    "DELETE",
                    "/v1/conversations/" + room.conversationId() + "/members/" + victim,
                    Optional.empty());
            stage.recorder()
                    .end(
                            process,
                            answer.outcome().type(),
                            "remove",
                            member(room),
                            at,
                            answer.isOk()
                                    ? Optional.empty()
                                    : Optional.of(answer.outcome().why()));
            return answer.isOk();
        }
    }

    /// A live session of the member.
    private record Listener(Stage stage, Rooms rooms, Caller device, SplittableRandom random)
            implements Callable<Void> {
        private static final long SPAN_SECONDS = 6;

        Listener(Stage stage, Rooms rooms, Caller device) {
            this(stage, rooms, device, stage.split());
        }

        @Override
        public Void call() throws InterruptedException {
            while (stage.pause(100)) {
                listen(random.nextInt(stage.cluster().size()));
            }
            return null;
        }

        private void listen(int node) throws InterruptedException {
            Optional<String> at = Optional.of(stage.cluster().id(node));
            try (WebSocketLink link = device.openLink(stage.url(node))) {
                CountDownLatch ended = new CountDownLatch(1);
                Map<String, Long> none = new HashMap<>();
                link.send(FrameJson.encode(
                        new dev.parley.protocol.ClientFrame.SyncStart(none, Optional.empty(), Optional.empty())));
                Thread.ofVirtual().name("member-listen").start(() -> {
                    link.read(new Hearing(at));
                    ended.countDown();
                });
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SPAN_SECONDS);
                while (!ended.await(500, TimeUnit.MILLISECONDS)
                        && !stage.isOver()
                        && System.nanoTime() - deadline < 0) {
                    link.ping();
                }
                link.abort();
                boolean _ = ended.await(5, TimeUnit.SECONDS);
            } catch (IOException e) {
                // The node is away: another one next time.
                stage.pause(200);
            }
        }

        private final class Hearing implements FrameHandler {
            private final Optional<String> at;

            Hearing(Optional<String> at) {
                this.at = at;
            }

            @Override
            public void text(byte[] buffer, int offset, int length) {
                try {
                    switch (FrameJson.decodeServer(Arrays.copyOfRange(buffer, offset, offset + length))) {
                        case ServerFrame.MessageNew(Message message) -> heard(List.of(message));
                        case ServerFrame.SyncBatch(String _, List<Message> messages) -> heard(messages);
                        default -> {
                            // not of the log
                        }
                    }
                } catch (InvalidInput e) {
                    throw new IllegalStateException("a node sent what is no frame", e);
                }
            }

            private void heard(List<Message> messages) {
                if (messages.isEmpty()) {
                    return;
                }
                room(rooms, messages.getFirst().conversationId()).ifPresent(room -> {
                    int process = stage.recorder().newProcess();
                    stage.recorder().invoke(process, "member-poll", member(room), at);
                    stage.recorder()
                            .end(process, Op.Type.OK, "member-poll", brought(room, messages), at, Optional.empty());
                });
            }
        }
    }
}
