package dev.parley.jepsen.checker;

import dev.parley.jepsen.checker.Facts.Placed;
import dev.parley.jepsen.checker.Facts.Read;
import dev.parley.jepsen.checker.Facts.Send;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// A place holds one record for everybody, and a message that was sent after another was acknowledged comes
/// after it.
public final class Reorders implements Checker {

    @Override
    public String name() {
        return "reorder";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        oneRecordAtEachPlace(facts, verdict);
        Map<Long, List<Send>> byConversation = new HashMap<>();
        for (Send send : facts.sends()) {
            if (send.seq().isPresent()) {
                byConversation
                        .computeIfAbsent(send.conversation(), _ -> new ArrayList<>())
                        .add(send);
            }
        }
        byConversation.values().forEach(sends -> inOrderOfTime(sends, verdict));
        return verdict.verdict("the order of places is the order of time");
    }

    private static void oneRecordAtEachPlace(Facts facts, Verdict.Builder verdict) {
        record Place(long conversation, long seq) {}
        Map<Place, OptionalLong> holds = new HashMap<>();
        for (Send send : facts.sends()) {
            if (send.seq().isPresent()) {
                OptionalLong mine = OptionalLong.of(send.message());
                OptionalLong there = holds.putIfAbsent(
                        new Place(send.conversation(), send.seq().getAsLong()), mine);
                if (there != null && !there.equals(mine)) {
                    verdict.found(
                            send.call().index(),
                            send.conversation(),
                            "place %d was given to %s and to %s"
                                    .formatted(send.seq().getAsLong(), there, mine));
                }
            }
        }
        for (Read read : facts.reads()) {
            for (Placed record : read.records()) {
                OptionalLong there = holds.putIfAbsent(new Place(read.conversation(), record.seq()), record.message());
                if (there != null && !there.equals(record.message())) {
                    verdict.found(
                            read.call().index(),
                            read.conversation(),
                            "place %d holds %s and, at %s, %s"
                                    .formatted(record.seq(), there, read.node(), record.message()));
                }
            }
        }
    }

    /// From the last place backwards: nothing may have begun after what comes behind it had ended.
    private static void inOrderOfTime(List<Send> sends, Verdict.Builder verdict) {
        sends.sort(
                Comparator.comparingLong((Send send) -> send.seq().getAsLong()).reversed());
        long earliestEnd = Long.MAX_VALUE;
        long behind = -1;
        // A repetition is acknowledged with the place of the first attempt: only first attempts have an order.
        Map<Long, Long> firstBegin = new HashMap<>();
        sends.forEach(
                send -> firstBegin.merge(send.message(), send.call().invoke().timeNanos(), Math::min));
        for (Send send : sends) {
            long begin = firstBegin.getOrDefault(send.message(), 0L);
            if (begin > earliestEnd) {
                verdict.found(
                        send.call().index(),
                        send.conversation(),
                        "message %d was sent after message %d was acknowledged, and stands before it"
                                .formatted(send.message(), behind));
            }
            if (send.call().endNanos() < earliestEnd) {
                earliestEnd = send.call().endNanos();
                behind = send.message();
            }
        }
    }
}
