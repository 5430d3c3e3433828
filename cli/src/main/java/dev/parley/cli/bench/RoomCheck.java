package dev.parley.cli.bench;

import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import java.util.ArrayList;
import java.util.List;

/// Compares what the senders were told, what the receivers were shown and what the history holds of one room.
/// Fed with
/// the history in order, record by record.
final class RoomCheck {

    private final int roomNumber;
    private final Bodies bodies;
    private final List<AuthorCheck> authors;
    private final List<String> examples = new ArrayList<>();
    private long lastSeq;
    private long read;
    private long outOfOrder;
    private long phantoms;

    /// @param authors by place in the room
    RoomCheck(int roomNumber, Bodies bodies, List<AuthorLog> authors) {
        this.roomNumber = roomNumber;
        this.bodies = bodies;
        this.authors = authors.stream()
                .map(author -> new AuthorCheck(author, this::example))
                .toList();
    }

    /// One who sent, by the number among all authors of the run.
    record AuthorLog(int number, int place, SendLog log) {}

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
        int author = Bodies.authorOf(text);
        boolean known = authors.stream()
                .filter(one -> one.number() == author)
                .anyMatch(one -> one.history(bodies.numberOf(author, text), record.conversationSeq()));
        if (!known) {
            phantoms++;
            example("record " + record.conversationSeq() + " holds a text that nobody sent");
        }
    }

    /// Judges, once the history has been read to its end.
    Findings judge(List<? extends Shown> receivers) {
        Findings all = new Findings(0, 0, outOfOrder, phantoms, 0, read, List.of());
        for (AuthorCheck author : authors) {
            all = all.plus(author.judge(receivers));
        }
        for (Shown shown : receivers) {
            all = all.plus(new Findings(0, shown.duplicated(), 0, shown.phantoms(), 0, 0, List.of()));
        }
        return all.plus(new Findings(0, 0, 0, 0, 0, 0, examples));
    }

    private void example(String what) {
        if (examples.size() < 3) {
            examples.add("room " + roomNumber + ": " + what);
        }
    }

    /// What a receiver was shown.
    interface Shown {
        /// Whether the receiver was shown a message.
        ///
        /// @param author the author's place in the room
        boolean has(int author, int number);

        int duplicated();

        int phantoms();
    }
}
