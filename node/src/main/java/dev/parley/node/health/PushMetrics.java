package dev.parley.node.health;

import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushObserver;
import dev.parley.node.push.PushQueueTrouble;
import dev.parley.node.push.PushResult;
import java.time.Duration;
import java.util.List;

/// Figures of what this node gave to push providers. Thread-safe.
public final class PushMetrics implements PushObserver {
    private final NodeMetrics.PairCount<ProviderKind, Answer> answers;
    private final NodeMetrics.CaseDurations<ProviderKind> durations;
    private final NodeMetrics.Count<PushQueueTrouble> rebuilt;

    /// Adds the figures.
    public PushMetrics(NodeMetrics metrics) {
        answers = metrics.count(
                "parley_push_answers",
                "Pushes by what became of them.",
                List.of("provider", "result"),
                ProviderKind.class,
                Answer.class);
        durations = metrics.durations(
                "parley_push_seconds",
                "Time from giving a push to its provider to the answer.",
                "provider",
                ProviderKind.class);
        rebuilt = metrics.count(
                "parley_push_queue_rebuilt",
                "Times that the local queue of pushes was broken and was begun anew from the outbox.",
                "when",
                PushQueueTrouble.class);
    }

    /// The local queue was broken and begun anew.
    public void queueRebuilt(PushQueueTrouble when) {
        rebuilt.add(when);
    }

    @Override
    public void answered(ProviderKind kind, PushResult result, Duration took) {
        answers.add(kind, answer(result));
        durations.add(kind, took);
    }

    private static Answer answer(PushResult result) {
        return switch (result) {
            case PushResult.Accepted _ -> Answer.ACCEPTED;
            case PushResult.Retry _ -> Answer.RETRY;
            case PushResult.Busy _ -> Answer.BUSY;
            case PushResult.Gone _ -> Answer.GONE;
            case PushResult.Rejected _ -> Answer.REJECTED;
        };
    }

    private enum Answer {
        ACCEPTED,
        RETRY,
        BUSY,
        GONE,
        REJECTED
    }
}
