package dev.parley.cli.bench;

import java.util.List;
import java.util.function.Consumer;

/// The part of [RoomCheck] that looks at the messages of one author.
final class AuthorCheck {

    private static final long ABSENT = 0;

    private final RoomCheck.AuthorLog author;
    private final SendLog log;
    private final Consumer<String> example;

    /// Where each message stands in the history.
    private final long[] places;

    private long lost;
    private long duplicated;
    private long outOfOrder;
    private long phantoms;
    private long unconfirmed;

    AuthorCheck(RoomCheck.AuthorLog author, Consumer<String> example) {
        this.author = author;
        this.log = author.log();
        this.example = example;
        this.places = new long[log.size()];
    }

    int number() {
        return author.number();
    }

    /// Takes a record of the history that names this author.
    ///
    /// @return false if the author never sent it
    boolean history(int number, long seq) {
        if (number < 0 || number >= places.length) {
            return false;
        }
        if (places[number] != ABSENT) {
            duplicated++;
            example.accept("message " + number + " stands at " + places[number] + " and at " + seq);
        } else {
            places[number] = seq;
        }
        return true;
    }

    Findings judge(List<? extends RoomCheck.Shown> receivers) {
        long newestUnsentTwice = 0;
        for (int number = 0; number < places.length; number++) {
            switch (log.state(number)) {
                case ACKNOWLEDGED -> acknowledged(number, receivers);
                case REFUSED -> {
                    if (places[number] != ABSENT) {
                        phantoms++;
                        example.accept("message " + number + " was refused but stands at " + places[number]);
                    }
                }
                case EXPIRED, PENDING -> unconfirmed += places[number] == ABSENT ? 0 : 1;
            }
            // On one socket the order of sending is the order of the records; a message that was sent again, maybe
            // on another socket, may stand anywhere after its first attempt.
            if (places[number] != ABSENT && !log.wasResent(number)) {
                if (places[number] < newestUnsentTwice) {
                    outOfOrder++;
                    example.accept("message " + number + " stands before one that was sent before it");
                }
                newestUnsentTwice = places[number];
            }
        }
        return new Findings(lost, duplicated, outOfOrder, phantoms, unconfirmed, 0, List.of());
    }

    private void acknowledged(int number, List<? extends RoomCheck.Shown> receivers) {
        if (places[number] == ABSENT) {
            lost++;
            example.accept(
                    "message " + number + " was acknowledged at " + log.seq(number) + " but is not in the history");
            return;
        }
        if (places[number] != log.seq(number)) {
            outOfOrder++;
            example.accept("message " + number + " was acknowledged at " + log.seq(number) + " but stands at "
                    + places[number]);
        } else if (log.seqBefore(number) > places[number]) {
            outOfOrder++;
            example.accept("message " + number + " stands before one that was acknowledged before it was sent");
        }
        for (RoomCheck.Shown receiver : receivers) {
            if (!receiver.has(author.place(), number)) {
                lost++;
                example.accept("message " + number + " was acknowledged but never received");
            }
        }
    }
}
