package dev.parley.jepsen.checker;

import dev.parley.jepsen.history.Op;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Every kind of operation succeeded at least once; otherwise the run says nothing of it.
public final class Stats implements Checker {

    @Override
    public String name() {
        return "stats";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        Map<String, Integer> done = new TreeMap<>();
        Map<Op.Type, Long> counts = new TreeMap<>();
        for (Op op : facts.history().ops()) {
            if (op.process() != Op.NEMESIS) {
                done.merge(op.f(), op.type() == Op.Type.OK ? 1 : 0, Integer::sum);
                counts.merge(op.type(), 1L, Long::sum);
            }
        }
        counts.forEach((type, count) -> verdict.count(type.name().toLowerCase(Locale.ROOT), count));
        var never = done.entrySet().stream()
                .filter(entry -> entry.getValue() == 0)
                .map(Map.Entry::getKey)
                .toList();
        if (done.isEmpty() || !never.isEmpty()) {
            return verdict.unknown("never done: " + (done.isEmpty() ? "anything" : String.join(", ", never)));
        }
        return verdict.verdict("%d operations, %d done, %d refused, %d unknown"
                .formatted(
                        counts.getOrDefault(Op.Type.INVOKE, 0L),
                        counts.getOrDefault(Op.Type.OK, 0L),
                        counts.getOrDefault(Op.Type.FAIL, 0L),
                        counts.getOrDefault(Op.Type.INFO, 0L)));
    }
}
