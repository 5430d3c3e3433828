package dev.parley.jepsen.checker;

import dev.parley.jepsen.checker.Facts.Read;
import dev.parley.jepsen.checker.Facts.Send;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// A read that was begun after a message was acknowledged, and that says where the log ends, has that message.
public final class StaleReads implements Checker {

    @Override
    public String name() {
        return "stale-read";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        Map<Long, NavigableMap<Long, Long>> highest = highestAcknowledged(facts);
        Map<Long, List<Read>> looked = new HashMap<>();
        long checked = 0;
        for (Read read : facts.reads()) {
            if (!read.toEnd() || !highest.containsKey(read.conversation())) {
                continue;
            }
            checked++;
            looked.computeIfAbsent(read.conversation(), _ -> new ArrayList<>()).add(read);
            var due = highest.getOrDefault(read.conversation(), new TreeMap<>())
                    .floorEntry(read.call().invoke().timeNanos());
            long end = read.records().isEmpty() ? -1 : read.records().getLast().seq();
            if (due != null && end >= 0 && end < due.getValue()) {
                verdict.found(
                        read.call().index(),
                        read.conversation(),
                        "%s shows the log up to %d, after %d was acknowledged"
                                .formatted(read.node(), end, due.getValue()));
            }
        }
        return verdict.count("reads", checked).verdict(checked + " reads had all that was acknowledged before them");
    }

    /// For each conversation the highest place that was acknowledged by each time.
    private static Map<Long, NavigableMap<Long, Long>> highestAcknowledged(Facts facts) {
        Map<Long, NavigableMap<Long, Long>> highest = new HashMap<>();
        facts.sends().stream()
                .filter(send -> send.seq().isPresent())
                .sorted(Comparator.comparingLong((Send send) -> send.call().endNanos()))
                .forEach(send -> {
                    NavigableMap<Long, Long> byTime =
                            highest.computeIfAbsent(send.conversation(), _ -> new TreeMap<>());
                    long before = byTime.isEmpty() ? 0 : byTime.lastEntry().getValue();
                    byTime.put(
                            send.call().endNanos(), Math.max(before, send.seq().getAsLong()));
                });
        return highest;
    }
}
