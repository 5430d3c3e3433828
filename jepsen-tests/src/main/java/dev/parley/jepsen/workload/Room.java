package dev.parley.jepsen.workload;

import dev.parley.jepsen.history.Datum;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import java.util.ArrayList;
import java.util.List;

/// A conversation and the number under which it stands in the history.
record Room(long number, String conversationId) {

    private static final String MARK = "m-";

    static String text(long message) {
        return MARK + message;
    }

    /// `[:send room message]`, as one operation.
    Datum sent(long message) {
        return Datum.vec(Datum.vec(Datum.word("send"), Datum.num(number), Datum.num(message)));
    }

    Datum sentAt(long message, long seq) {
        return Datum.vec(
                Datum.vec(Datum.word("send"), Datum.num(number), Datum.vec(Datum.num(seq), Datum.num(message))));
    }

    static Datum polling() {
        return Datum.vec(Datum.vec(Datum.word("poll")));
    }

    /// `[:poll {room [[seq message] …]}]`, as one operation.
    ///
    /// @param toEnd whether the node said that nothing comes after it
    Datum polled(List<Message> records, boolean toEnd) {
        List<Datum> poll = new ArrayList<>();
        poll.add(Datum.word("poll"));
        poll.add(Datum.table(Datum.num(number), pairs(records)));
        if (toEnd) {
            poll.add(Datum.word("end"));
        }
        return Datum.vec(Datum.vec(poll));
    }

    static Datum pairs(List<Message> records) {
        return Datum.vec(records.stream()
                .map(record -> Datum.vec(Datum.num(record.conversationSeq()), messageOf(record)))
                .toList());
    }

    /// A text that is none of ours becomes a number that nobody sent.
    static Datum messageOf(Message record) {
        return switch (record.body()) {
            case MessageBody.Text(String text) ->
                Datum.num(text.matches(MARK + "\\d{1,18}") ? Long.parseLong(text.substring(MARK.length())) : -1);
            case MessageBody.Membership _ -> Datum.nil();
        };
    }
}
