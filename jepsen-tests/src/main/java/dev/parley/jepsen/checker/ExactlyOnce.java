package dev.parley.jepsen.checker;

import dev.parley.jepsen.checker.Facts.Read;
import dev.parley.jepsen.checker.Facts.Send;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// However often a message was sent under the same id, the log has it once, and every answer named the same
/// place.
public final class ExactlyOnce implements Checker {

    @Override
    public String name() {
        return "exactly-once";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        Map<Long, Integer> attempts = new HashMap<>();
        Map<Long, Long> answered = new HashMap<>();
        for (Send send : facts.sends()) {
            attempts.merge(send.message(), 1, Integer::sum);
            if (send.seq().isPresent()) {
                Long before = answered.putIfAbsent(send.message(), send.seq().getAsLong());
                if (before != null && before != send.seq().getAsLong()) {
                    verdict.found(
                            send.call().index(),
                            send.conversation(),
                            "message %d was answered with %d, then with %d"
                                    .formatted(
                                            send.message(), before, send.seq().getAsLong()));
                }
            }
        }
        for (List<Read> logs : facts.drainsByConversation().values()) {
            for (Read log : logs) {
                Set<Long> seen = new HashSet<>();
                log.records()
                        .forEach(record -> record.message().ifPresent(message -> {
                            if (!seen.add(message)) {
                                verdict.found(
                                        log.call().index(),
                                        log.conversation(),
                                        "message %d is twice in the log at %s".formatted(message, log.node()));
                            }
                        }));
            }
        }
        long repeated = attempts.values().stream().filter(count -> count > 1).count();
        verdict.count("messages", attempts.size()).count("sent-again", repeated);
        return verdict.verdict(
                "%d messages, %d of them sent again, are there once".formatted(attempts.size(), repeated));
    }
}
