package dev.parley.jepsen.checker;

import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.History.Call;
import java.util.List;

/// At rest the count of unread messages is that of the log behind the read position. `unread` has
/// `[conversation user read-through unread]`.
public final class Unread implements Checker {

    @Override
    public String name() {
        return "unread";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        var drains = facts.drainsByConversation();
        List<Call> counted = facts.calls("unread").filter(Call::isOk).toList();
        for (Call call : counted) {
            List<Datum> value = call.value().asList();
            long conversation = value.getFirst().asLong();
            var logs = drains.getOrDefault(conversation, List.of());
            if (logs.isEmpty()) {
                return verdict.unknown("conversation " + conversation + " was not read at the end");
            }
            long read = value.get(2).asLong();
            long expected = logs.getFirst().records().stream()
                    .filter(record -> record.seq() > read && record.message().isPresent())
                    .count();
            if (expected != value.get(3).asLong()) {
                verdict.found(
                        call.index(),
                        conversation,
                        "user %d has read up to %d and is told %d unread; the log has %d after it"
                                .formatted(
                                        value.get(1).asLong(),
                                        read,
                                        value.get(3).asLong(),
                                        expected));
            }
        }
        verdict.count("counts", counted.size());
        return counted.isEmpty()
                ? verdict.unknown("no count was looked at")
                : verdict.verdict(counted.size() + " counts equal the log");
    }
}
