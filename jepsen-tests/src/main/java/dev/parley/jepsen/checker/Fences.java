package dev.parley.jepsen.checker;

import dev.parley.jepsen.checker.Facts.Placed;
import dev.parley.jepsen.checker.Facts.Read;
import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.History.Call;
import dev.parley.jepsen.history.Op;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Once a member's removal is acknowledged, no message that the member sends afterwards is taken, and nothing
/// that others
/// send afterwards reaches the member. `remove` and `member-send` have `[conversation member …]`, `member-poll`
/// what the
/// member was brought.
public final class Fences implements Checker {

    private record Member(long conversation, long user) {}

    @Override
    public String name() {
        return "fence";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        Map<Member, Long> removedAt = new HashMap<>();
        facts.calls("remove")
                .filter(Call::isOk)
                .forEach(call -> removedAt.merge(member(call), call.endNanos(), Math::min));
        facts.calls("member-send").forEach(call -> {
            long removed = removedAt.getOrDefault(member(call), Long.MAX_VALUE);
            if (call.outcome() == Op.Type.OK && call.invoke().timeNanos() > removed) {
                verdict.found(
                        call.index(), member(call).conversation(), "a message of a removed member was acknowledged");
            }
        });
        Set<Long> later = new HashSet<>();
        facts.sends().forEach(send -> {
            long firstRemoval = removedAt.entrySet().stream()
                    .filter(entry -> entry.getKey().conversation() == send.conversation())
                    .mapToLong(Map.Entry::getValue)
                    .max()
                    .orElse(Long.MAX_VALUE);
            if (send.call().invoke().timeNanos() > firstRemoval) {
                later.add(send.message());
            }
        });
        facts.calls("member-poll").filter(Call::isOk).forEach(call -> {
            List<Datum> value = call.value().asList();
            for (Datum message : value.get(2).asList()) {
                if (!message.isNil() && later.contains(message.asLong())) {
                    verdict.found(
                            call.index(),
                            value.getFirst().asLong(),
                            "message %d, sent after the removal, reached the removed member"
                                    .formatted(message.asLong()));
                }
            }
        });
        verdict.count("removals", removedAt.size());
        return removedAt.isEmpty()
                ? verdict.unknown("no removal was acknowledged")
                : verdict.verdict(removedAt.size() + " removals held");
    }

    private static Member member(Call call) {
        List<Datum> value = call.invoke().value().asList();
        return new Member(value.getFirst().asLong(), value.get(1).asLong());
    }

    /// Messages of a read, for callers that record `member-poll`.
    public static Datum messages(Read read) {
        return Datum.vec(read.records().stream().map(Fences::message).toList());
    }

    private static Datum message(Placed record) {
        return record.message().isPresent() ? Datum.num(record.message().getAsLong()) : Datum.nil();
    }
}
