package dev.parley.jepsen.checker;

import dev.parley.jepsen.checker.Facts.Placed;
import dev.parley.jepsen.checker.Facts.Read;
import dev.parley.jepsen.checker.Facts.Send;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was acknowledged, or read by anyone, is in the log that each node shows at the end.
public final class Lost implements Checker {

    @Override
    public String name() {
        return "lost";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        Map<Long, List<Read>> drains = facts.drainsByConversation();
        long acknowledged = 0;
        long lost = 0;
        long undrained = 0;
        Map<Long, Map<Long, Integer>> known = new HashMap<>();
        for (Send send : facts.sends()) {
            if (send.call().isOk()) {
                acknowledged++;
                note(known, send.conversation(), send.message(), send.call().index());
            }
        }
        for (Read read : facts.reads()) {
            for (Placed record : read.records()) {
                if (record.message().isPresent()) {
                    note(
                            known,
                            read.conversation(),
                            record.message().getAsLong(),
                            read.call().index());
                }
            }
        }
        for (Map.Entry<Long, Map<Long, Integer>> conversation : known.entrySet()) {
            List<Read> logs = drains.getOrDefault(conversation.getKey(), List.of());
            undrained += logs.isEmpty() ? 1 : 0;
            for (Read log : logs) {
                Set<Long> there = new HashSet<>();
                log.records().forEach(record -> record.message().ifPresent(there::add));
                for (Map.Entry<Long, Integer> message : conversation.getValue().entrySet()) {
                    if (!there.contains(message.getKey())) {
                        lost++;
                        verdict.found(
                                message.getValue(),
                                conversation.getKey(),
                                "message %d was acknowledged or read and is not in the log at %s"
                                        .formatted(message.getKey(), log.node()));
                    }
                }
            }
        }
        verdict.count("acknowledged", acknowledged).count("lost", lost);
        return undrained > 0
                ? verdict.unknown(undrained + " conversations were not read at the end")
                : verdict.verdict("all " + acknowledged + " acknowledged messages are there");
    }

    private static void note(Map<Long, Map<Long, Integer>> known, long conversation, long message, int index) {
        known.computeIfAbsent(conversation, _ -> new HashMap<>()).putIfAbsent(message, index);
    }
}
