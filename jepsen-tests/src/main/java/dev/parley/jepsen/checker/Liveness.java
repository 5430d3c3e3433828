package dev.parley.jepsen.checker;

import dev.parley.jepsen.history.History.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A majority that is well serves: outside of faults that leave none, something is acknowledged at least every
/// [#SILENCE_MAX_SECONDS]. Measures how long it took after each beginning and each end of a fault.
public final class Liveness implements Checker {

    private static final long SILENCE_MAX_SECONDS = 45;

    @Override
    public String name() {
        return "liveness";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        List<Call> served = facts.sends().stream()
                .map(Facts.Send::call)
                .filter(Call::isOk)
                .sorted(java.util.Comparator.comparingLong(Call::endNanos))
                .toList();
        if (served.isEmpty()) {
            return verdict.unknown("nothing was acknowledged");
        }
        List<FaultWindow> windows = FaultWindow.of(facts.history());
        long silenceMax = TimeUnit.SECONDS.toNanos(SILENCE_MAX_SECONDS);
        long last = served.getFirst().endNanos();
        for (Call call : served) {
            long excused = excused(windows, last, call.endNanos());
            if (call.endNanos() - last - excused > silenceMax) {
                verdict.found(
                        call.index(),
                        -1,
                        "nothing was acknowledged for %d s (%d s of it excused) before this"
                                .formatted(seconds(call.endNanos() - last), seconds(excused)));
            }
            last = call.endNanos();
        }
        facts.history()
                .nemesis()
                .filter(op -> op.f().equals("nemesis-failed"))
                .forEach(op -> verdict.found(op.index(), -1, op.note().orElse("the nemesis failed")));
        lastWords(facts, windows, last, silenceMax, verdict);
        List<Long> recoveries = recoveries(windows, served);
        if (!recoveries.isEmpty()) {
            Collections.sort(recoveries);
            verdict.count("recovery-p50-ms", recoveries.get(recoveries.size() / 2))
                    .count("recovery-max-ms", recoveries.getLast());
        }
        return verdict.count("recoveries", recoveries.size())
                .verdict(
                        recoveries.isEmpty()
                                ? "served all the time"
                                : "served again after %d ms in the middle, %d ms at most"
                                        .formatted(recoveries.get(recoveries.size() / 2), recoveries.getLast()));
    }

    /// Somebody who still asked at the end and was never served any more.
    private static void lastWords(
            Facts facts, List<FaultWindow> windows, long last, long silenceMax, Verdict.Builder verdict) {
        facts.sends().stream()
                .map(Facts.Send::call)
                .filter(call -> call.invoke().timeNanos() > last
                        && call.invoke().timeNanos()
                                        - last
                                        - excused(windows, last, call.invoke().timeNanos())
                                > silenceMax)
                .findFirst()
                .ifPresent(call -> verdict.found(call.index(), -1, "nothing was acknowledged any more to the end"));
    }

    /// How much of a span lies in faults that leave no majority.
    private static long excused(List<FaultWindow> windows, long from, long to) {
        return windows.stream()
                .filter(window -> !window.majorityLeft())
                .mapToLong(window -> Math.max(0, Math.min(to, window.toNanos()) - Math.max(from, window.fromNanos())))
                .sum();
    }

    /// From each moment at which serving may have stopped to the first message that was both sent and
    /// acknowledged after
    /// it, in milliseconds: the beginning of a fault that leaves a majority, the end of one that does not.
    private static List<Long> recoveries(List<FaultWindow> windows, List<Call> served) {
        List<Long> recoveries = new ArrayList<>();
        for (FaultWindow window : windows) {
            long from = window.majorityLeft() ? window.fromNanos() : window.toNanos();
            served.stream()
                    .filter(call -> call.endNanos() > from && call.invoke().timeNanos() >= from)
                    .mapToLong(call -> TimeUnit.NANOSECONDS.toMillis(call.endNanos() - from))
                    .min()
                    .ifPresent(recoveries::add);
        }
        return recoveries;
    }

    private static long seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos);
    }
}
