package dev.parley.jepsen.checker;

import dev.parley.jepsen.checker.Facts.Placed;
import dev.parley.jepsen.checker.Facts.Read;
import dev.parley.jepsen.checker.Facts.Send;
import dev.parley.jepsen.history.Op;
import java.util.HashSet;
import java.util.Set;

/// What was refused each time it was sent is in no log (G1a).
public final class AbortedReads implements Checker {

    @Override
    public String name() {
        return "aborted-read";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        Set<Long> possible = new HashSet<>();
        Set<Long> refused = new HashSet<>();
        for (Send send : facts.sends()) {
            (send.call().outcome() == Op.Type.FAIL ? refused : possible).add(send.message());
        }
        refused.removeAll(possible);
        for (Read read : facts.reads()) {
            for (Placed record : read.records()) {
                if (record.message().isPresent()
                        && refused.contains(record.message().getAsLong())) {
                    verdict.found(
                            read.call().index(),
                            read.conversation(),
                            "message %d was refused, and is read at place %d"
                                    .formatted(record.message().getAsLong(), record.seq()));
                }
            }
        }
        return verdict.count("refused", refused.size())
                .verdict("none of " + refused.size() + " refused messages is read");
    }
}
