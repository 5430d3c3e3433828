package dev.parley.cli.bench;

import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import java.util.ArrayList;
import java.util.List;

/// Compares what the sender was told, what the receiver was shown and what the history holds of one pair. Fed with the
/// history in order, record by record.
final class PairCheck {

    private static final long ABSENT = 0;

    private final int pairNumber;
    private final Bodies bodies;
    private final SendLog log;

    /// Where each message stands in the history.
    private final long[] places;

    private long lastSeq;
    private long read;
    private long lost;
    private long duplicated;
    private long outOfOrder;
    private long phantoms;
    private long unconfirmed;
    private final List<String> examples = new ArrayList<>();

    PairCheck(int pairNumber, Bodies bodies, SendLog log) {
        this.pairNumber = pairNumber;
        this.bodies = bodies;
        this.log = log;
        this.places = new long[log.size()];
    }

    /// Takes the next record of the history.
    void history(Message record) {
        if (record.conversationSeq() != lastSeq + 1) {
            outOfOrder++;
            example("history jumps from " + lastSeq + " to " + record.conversationSeq());
        }
        lastSeq = record.conversationSeq();
        if (!(record.body() instanceof MessageBody.Text(String text))) {
            return;
        }
        read++;
        int number = bodies.numberOf(pairNumber, text);
        if (number < 0 || number >= places.length) {
            phantoms++;
            example("record " + record.conversationSeq() + " holds a text that nobody sent");
        } else if (places[number] != ABSENT) {
            duplicated++;
            example("message " + number + " stands at " + places[number] + " and at " + record.conversationSeq());
        } else {
            places[number] = record.conversationSeq();
        }
    }

    /// Judges, once the history has been read to its end.
    Findings judge(Shown shown) {
        long newestUnsentTwice = 0;
        for (int number = 0; number < places.length; number++) {
            switch (log.state(number)) {
                case ACKNOWLEDGED -> acknowledged(number, shown);
                case REFUSED -> {
                    if (places[number] != ABSENT) {
                        phantoms++;
                        example("message " + number + " was refused but stands at " + places[number]);
                    }
                }
                case EXPIRED, PENDING -> unconfirmed += places[number] == ABSENT ? 0 : 1;
            }
            // On one socket the order of sending is the order of the records; a message that was sent again, maybe
            // on another socket, may stand anywhere after its first attempt.
            if (places[number] != ABSENT && !log.wasResent(number)) {
                if (places[number] < newestUnsentTwice) {
                    outOfOrder++;
                    example("message " + number + " stands before one that was sent before it");
                }
                newestUnsentTwice = places[number];
            }
        }
        duplicated += shown.duplicated();
        phantoms += shown.phantoms();
        return new Findings(lost, duplicated, outOfOrder, phantoms, unconfirmed, read, examples);
    }

    private void acknowledged(int number, Shown shown) {
        if (places[number] == ABSENT) {
            lost++;
            example("message " + number + " was acknowledged at " + log.seq(number) + " but is not in the history");
        } else if (places[number] != log.seq(number)) {
            outOfOrder++;
            example("message " + number + " was acknowledged at " + log.seq(number) + " but stands at "
                    + places[number]);
        } else if (log.seqBefore(number) > places[number]) {
            outOfOrder++;
            example("message " + number + " stands before one that was acknowledged before it was sent");
        }
        if (places[number] != ABSENT && !shown.has(number)) {
            lost++;
            example("message " + number + " was acknowledged but never received");
        }
    }

    private void example(String what) {
        if (examples.size() < 3) {
            examples.add("pair " + pairNumber + ": " + what);
        }
    }

    /// What the receiver was shown.
    interface Shown {
        boolean has(int number);

        int duplicated();

        int phantoms();
    }
}
