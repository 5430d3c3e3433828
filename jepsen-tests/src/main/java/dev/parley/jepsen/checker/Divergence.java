package dev.parley.jepsen.checker;

import dev.parley.jepsen.checker.Facts.Read;
import java.util.List;
import java.util.Map;

/// At rest every node shows the same log.
public final class Divergence implements Checker {

    @Override
    public String name() {
        return "divergence";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        Map<Long, List<Read>> drains = facts.drainsByConversation();
        boolean compared = false;
        for (Map.Entry<Long, List<Read>> conversation : drains.entrySet()) {
            Read first = conversation.getValue().getFirst();
            for (Read other : conversation.getValue()) {
                compared |= !other.node().equals(first.node());
                if (!other.records().equals(first.records())) {
                    verdict.found(
                            other.call().index(),
                            conversation.getKey(),
                            "%s and %s show different logs (%d and %d records)"
                                    .formatted(
                                            first.node(),
                                            other.node(),
                                            first.records().size(),
                                            other.records().size()));
                }
            }
        }
        return compared
                ? verdict.verdict(drains.size() + " conversations are the same at every node")
                : verdict.unknown("no conversation was read at two nodes");
    }
}
