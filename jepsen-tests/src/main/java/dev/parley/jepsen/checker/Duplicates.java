package dev.parley.jepsen.checker;

import dev.parley.jepsen.checker.Facts.Placed;
import dev.parley.jepsen.checker.Facts.Read;
import dev.parley.jepsen.checker.Facts.Send;
import java.util.HashMap;
import java.util.Map;

/// A message has one place: in every acknowledgement, also of its repetitions, and in everything that is read.
public final class Duplicates implements Checker {

    @Override
    public String name() {
        return "duplicate";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        Map<Long, Long> places = new HashMap<>();
        for (Send send : facts.sends()) {
            if (send.seq().isPresent()) {
                look(
                        verdict,
                        places,
                        send.conversation(),
                        send.message(),
                        send.seq().getAsLong(),
                        send.call().index());
            }
        }
        for (Read read : facts.reads()) {
            for (Placed record : read.records()) {
                if (record.message().isPresent()) {
                    look(
                            verdict,
                            places,
                            read.conversation(),
                            record.message().getAsLong(),
                            record.seq(),
                            read.call().index());
                }
            }
        }
        return verdict.verdict(places.size() + " messages, each at one place");
    }

    private static void look(
            Verdict.Builder verdict, Map<Long, Long> places, long conversation, long message, long seq, int index) {
        Long before = places.putIfAbsent(message, seq);
        if (before != null && before != seq) {
            verdict.found(index, conversation, "message %d is at %d and at %d".formatted(message, before, seq));
        }
    }
}
