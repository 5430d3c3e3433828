package dev.parley.jepsen.checker;

import dev.parley.jepsen.checker.Facts.Placed;
import dev.parley.jepsen.checker.Facts.Read;

/// A reader that goes on reading never sees a place again, or an earlier one.
public final class NonMonotone implements Checker {

    @Override
    public String name() {
        return "non-monotone";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        facts.drains().forEach(log -> rising(log, 0, verdict));
        Gaps.Walk.each(facts, (read, before) -> rising(read, before.orElse(0), verdict));
        return verdict.verdict("every reader went forward");
    }

    private static void rising(Read read, long before, Verdict.Builder verdict) {
        long last = before;
        for (Placed record : read.records()) {
            if (record.seq() <= last) {
                verdict.found(
                        read.call().index(),
                        read.conversation(),
                        "%d comes after %d, at %s".formatted(record.seq(), last, read.node()));
            }
            last = record.seq();
        }
    }
}
