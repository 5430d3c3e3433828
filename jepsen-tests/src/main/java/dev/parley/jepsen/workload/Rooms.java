package dev.parley.jepsen.workload;

import dev.parley.client.ClientOptions;
import dev.parley.client.ParleyClient;
import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.Op;
import dev.parley.protocol.Message;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Some groups with the same members: sends to them, pages of them, and the last reading of all.
final class Rooms {

    private static final Duration DRAIN_PATIENCE = Duration.ofMinutes(2);

    private final Stage stage;
    private final List<Room> rooms = new ArrayList<>();
    private final List<Caller> users = new ArrayList<>();
    private final List<String> bearers = new ArrayList<>();
    private final AtomicLong messages = new AtomicLong();

    private Rooms(Stage stage) {
        this.stage = stage;
    }

    static Rooms open(Stage stage, int userCount, int roomCount) throws InterruptedException {
        Rooms made = new Rooms(stage);
        URI first = stage.url(0);
        for (int i = 0; i < userCount; i++) {
            String bearer = stage.cluster().token("u_" + i);
            made.bearers.add(bearer);
            made.users.add(Caller.of(stage.http(), first, bearer, "d_" + i));
        }
        List<String> members = made.users.stream().map(Caller::userId).toList();
        String bearer = made.bearers.getFirst();
        try (ParleyClient founder =
                new ParleyClient(ClientOptions.of(stage.cluster().urls(), () -> bearer, "d_founder"), stage.http())) {
            for (int i = 0; i < roomCount; i++) {
                made.rooms.add(new Room(i, founder.group("Room " + i, members)));
            }
        }
        return made;
    }

    List<Room> all() {
        return rooms;
    }

    Room room(int index) {
        return rooms.get(index);
    }

    Caller user(int index) {
        return users.get(index % users.size());
    }

    String bearer(int index) {
        return bearers.get(index % bearers.size());
    }

    long newMessage() {
        return messages.incrementAndGet();
    }

    /// Posts a message once and writes down what became of it.
    Op.Type send(int process, Caller user, Room room, long message, int node) throws InterruptedException {
        Optional<String> at = Optional.of(stage.cluster().id(node));
        stage.recorder().invoke(process, "send", room.sent(message), at);
        Caller.Answer answer = user.post(stage.url(node), room.conversationId(), "id-" + message, Room.text(message));
        if (answer.isOk()) {
            Rest.PostMessageResponse posted = RestJson.decodePostMessageResponse(answer.body());
            stage.recorder()
                    .end(
                            process,
                            Op.Type.OK,
                            "send",
                            room.sentAt(message, posted.conversationSeq()),
                            at,
                            Optional.empty());
        } else {
            stage.recorder()
                    .end(
                            process,
                            answer.outcome().type(),
                            "send",
                            room.sent(message),
                            at,
                            Optional.of(answer.outcome().why()));
        }
        return answer.outcome().type();
    }

    /// Reads one page and writes it down.
    ///
    /// @return the position behind it; the old one if there was no answer
    long poll(int process, Caller user, Room room, long after, int node) throws InterruptedException {
        Optional<String> at = Optional.of(stage.cluster().id(node));
        stage.recorder().invoke(process, "poll", Room.polling(), at);
        Caller.Answer answer = user.page(stage.url(node), room.conversationId(), after);
        if (!answer.isOk()) {
            stage.recorder()
                    .end(
                            process,
                            Op.Type.FAIL,
                            "poll",
                            Room.polling(),
                            at,
                            Optional.of(answer.outcome().why()));
            return after;
        }
        Rest.MessagePage page = RestJson.decodeMessagePage(answer.body());
        stage.recorder()
                .end(process, Op.Type.OK, "poll", room.polled(page.messages(), !page.hasMore()), at, Optional.empty());
        return page.nextAfterSeq();
    }

    /// Reads every room whole at every node and writes it down; asks again until it has an answer or is out of
    /// patience.
    void drain() throws InterruptedException {
        int process = stage.recorder().newProcess();
        long deadline = System.nanoTime() + DRAIN_PATIENCE.toNanos();
        for (int node = 0; node < stage.cluster().size(); node++) {
            Optional<String> at = Optional.of(stage.cluster().id(node));
            for (Room room : rooms) {
                stage.recorder().invoke(process, "drain", Room.polling(), at);
                Optional<List<Message>> whole = Optional.empty();
                while (whole.isEmpty() && System.nanoTime() - deadline < 0) {
                    whole = users.getFirst().whole(stage.url(node), room.conversationId());
                    if (whole.isEmpty()) {
                        java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
                    }
                }
                Optional<Datum> value = whole.map(records -> room.polled(records, true));
                stage.recorder()
                        .end(
                                process,
                                value.isPresent() ? Op.Type.OK : Op.Type.FAIL,
                                "drain",
                                value.orElseGet(Room::polling),
                                at,
                                value.isPresent() ? Optional.empty() : Optional.of("no-answer"));
            }
        }
    }
}
