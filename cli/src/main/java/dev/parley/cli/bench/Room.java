package dev.parley.cli.bench;

import dev.parley.client.ParleyClient;
import java.util.List;
import java.util.Optional;

/// A conversation of the run, direct or a group: some members send, the others receive.
final class Room {

    private final int number;
    private final String conversationId;
    private final List<Author> authors;
    private final List<Receiver> receivers;
    private final ParleyClient historyReader;

    /// @param number of the room, among all of the run
    /// @param receivers the users who receive; the first also reads the history back
    Room(int number, String conversationId, List<Author> authors, List<ParleyClient> receivers, Measuring measuring) {
        this.number = number;
        this.conversationId = conversationId;
        this.authors = List.copyOf(authors);
        this.historyReader = receivers.getFirst();
        this.receivers = java.util.stream.IntStream.range(0, receivers.size())
                .mapToObj(i -> new Receiver(this, receivers.get(i), number + 1 + i, measuring))
                .toList();
    }

    /// What all clients of a run share.
    record Measuring(BenchPlan plan, Bodies bodies, Meters meters) {}

    int number() {
        return number;
    }

    String conversationId() {
        return conversationId;
    }

    List<Author> authors() {
        return authors;
    }

    List<Receiver> receivers() {
        return receivers;
    }

    /// The author of the room who has this number.
    Optional<Author> author(int authorNumber) {
        int place = authors.isEmpty() ? -1 : authorNumber - authors.getFirst().number();
        return place < 0 || place >= authors.size() ? Optional.empty() : Optional.of(authors.get(place));
    }

    ParleyClient historyReader() {
        return historyReader;
    }

    boolean isGroup() {
        return authors.size() + receivers.size() > 2;
    }

    /// Sender and receiver links alike.
    List<BenchLink> links() {
        return java.util.stream.Stream.<BenchLink>concat(authors.stream().map(Author::sender), receivers.stream())
                .toList();
    }
}
