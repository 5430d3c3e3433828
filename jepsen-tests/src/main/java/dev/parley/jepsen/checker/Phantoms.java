package dev.parley.jepsen.checker;

import dev.parley.jepsen.checker.Facts.Placed;
import dev.parley.jepsen.checker.Facts.Read;
import java.util.HashMap;
import java.util.Map;

/// Nothing is read that nobody sent, or before it was sent, or in another conversation.
public final class Phantoms implements Checker {

    @Override
    public String name() {
        return "phantom";
    }

    @Override
    public Verdict check(Facts facts) {
        record Sent(long conversation, long nanos) {}
        Verdict.Builder verdict = new Verdict.Builder(name());
        Map<Long, Sent> sent = new HashMap<>();
        facts.sends()
                .forEach(send -> sent.putIfAbsent(
                        send.message(),
                        new Sent(send.conversation(), send.call().invoke().timeNanos())));
        for (Read read : facts.reads()) {
            for (Placed record : read.records()) {
                if (record.message().isEmpty()) {
                    continue;
                }
                long message = record.message().getAsLong();
                Sent from = sent.get(message);
                if (from == null
                        || from.conversation() != read.conversation()
                        || from.nanos() > read.call().endNanos()) {
                    verdict.found(
                            read.call().index(), read.conversation(), "message " + message + " was never sent here");
                }
            }
        }
        return verdict.verdict("all that was read had been sent");
    }
}
