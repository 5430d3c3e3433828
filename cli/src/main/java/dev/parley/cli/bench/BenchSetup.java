package dev.parley.cli.bench;

import dev.parley.cli.CommandFailed;
import dev.parley.client.ParleyClient;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// Makes the users of a run, their conversations and their connections, some at a time.
final class BenchSetup {

    private static final Duration GREETING_PATIENCE = Duration.ofSeconds(60);

    private final BenchPlan plan;
    private final BenchUsers users;
    private final Bodies bodies;
    private final Meters meters;

    BenchSetup(BenchPlan plan, BenchUsers users, Bodies bodies, Meters meters) {
        this.plan = plan;
        this.users = users;
        this.bodies = bodies;
        this.meters = meters;
    }

    /// All rooms, connected.
    List<Room> rooms() throws InterruptedException {
        BenchPlan.Shape shape = plan.shape();
        List<Room> rooms = BenchUsers.inParallel(shape.pairs(), this::pair);
        for (int group = 0; group < shape.groups(); group++) {
            rooms.add(group(group));
        }
        BenchUsers.inParallel(
                rooms.stream().flatMap(room -> room.links().stream()).toList(), link -> {
                    link.start("bench-client");
                    if (!link.awaitGreeted(GREETING_PATIENCE)) {
                        throw CommandFailed.failed("a client was not connected within " + GREETING_PATIENCE.toSeconds()
                                + " s; are the URLs right?");
                    }
                    return link;
                });
        return rooms;
    }

    private Room pair(int number) {
        ParleyClient sender = users.user("a" + number, number);
        ParleyClient receiver = users.user("b" + number, number + 1);
        return room(number, number, sender.direct(receiver.userId()), List.of(sender), List.of(receiver));
    }

    /// Authors are numbered on behind those of the pairs.
    private Room group(int number) throws InterruptedException {
        BenchPlan.Shape shape = plan.shape();
        List<ParleyClient> members = BenchUsers.inParallel(
                shape.members(), member -> users.user("g" + number + "-" + member, number + member));
        List<String> others = members.stream().skip(1).map(ParleyClient::userId).toList();
        String conversationId = members.getFirst().group("bench group " + number, others);
        return room(
                shape.pairs() + number,
                shape.pairs() + number * shape.senders(),
                conversationId,
                members.subList(0, shape.senders()),
                members.subList(shape.senders(), members.size()));
    }

    private Room room(
            int number,
            int firstAuthor,
            String conversationId,
            List<ParleyClient> senders,
            List<ParleyClient> receivers) {
        List<Author> authors = IntStream.range(0, senders.size())
                .mapToObj(place -> new Author(
                        new Author.Identity(users.run(), firstAuthor + place, place, conversationId),
                        senders.get(place),
                        plan,
                        bodies,
                        meters))
                .toList();
        return new Room(number, conversationId, authors, receivers, new Room.Measuring(plan, bodies, meters));
    }
}
