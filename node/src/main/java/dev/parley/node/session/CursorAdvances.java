package dev.parley.node.session;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatCommand.AdvanceDelivered;
import dev.parley.chat.ChatCommand.AdvanceRead;
import dev.parley.node.delivery.Delivery.Cursor;
import dev.parley.node.wire.Answers;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.Problem;
import dev.parley.protocol.ServerFrame;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The read and delivered positions that a session reports. The first advance of a position goes at once; then,
/// until
/// it is answered and [#PAUSE] is over, only the highest next one is kept. So a client that reports every
/// message
/// of a thousand costs a handful of commands. What is kept goes out even if the session closes meanwhile.
/// Thread-safe.
final class CursorAdvances {
    /// What an advance under way counts for among the unanswered requests of its session.
    private static final int ADVANCE_BYTES = 64;

    /// Between two commands about the same position.
    static final Duration PAUSE = Duration.ofMillis(500);

    private final Session session;
    private final SessionServices services;
    private final UnansweredRequests unanswered;

    /// By position, what is to follow; null while nothing is under way.
    private @Nullable Map<Position, Step> underWay;

    CursorAdvances(Session session, SessionServices services, UnansweredRequests unanswered) {
        this.session = session;
        this.services = services;
        this.unanswered = unanswered;
    }

    /// Advances a position. Called on the reader's thread, which may wait here.
    void advance(Cursor cursor, String conversationId, long throughSeq, Optional<String> ref)
            throws InterruptedException {
        Position position = new Position(cursor, conversationId);
        Step step = new Step(throughSeq, ref);
        if (joinsStepUnderWay(position, step)) {
            return;
        }
        unanswered.begin(ADVANCE_BYTES);
        submit(position, step);
    }

    private synchronized boolean joinsStepUnderWay(Position position, Step step) {
        if (underWay == null) {
            underWay = new HashMap<>();
        }
        if (!underWay.containsKey(position)) {
            underWay.put(position, Step.NONE);
            return false;
        }
        underWay.merge(position, step, (kept, next) -> next.throughSeq() > kept.throughSeq() ? next : kept);
        return true;
    }

    private void submit(Position position, Step step) {
        CompletableFuture<ChatAnswer> answer = command(position, step).thenCompose(services.gate()::submit);
        // The future of the handler itself is of no use: the handler throws nothing.
        var _ = answer.whenComplete((done, failure) -> finished(position, step, done, failure));
    }

    private CompletableFuture<ChatCommand> command(Position position, Step step) {
        String userId = session.identity().userId();
        return switch (position.cursor()) {
            case READ ->
                services.receipts()
                        .hiddenBy(userId)
                        .thenApply(hidden ->
                                new AdvanceRead(position.conversationId(), userId, step.throughSeq(), hidden));
            case DELIVERED ->
                CompletableFuture.completedFuture(new AdvanceDelivered(
                        position.conversationId(), userId, session.identity().deviceId(), step.throughSeq()));
        };
    }

    private void finished(Position position, Step step, @Nullable ChatAnswer answer, @Nullable Throwable failure) {
        long reached = step.throughSeq();
        if (failure != null) {
            reject(step, Problems.of(Answers.failure(failure)));
            reached = Step.NONE.throughSeq();
        } else if (answer instanceof ChatAnswer.Refused(var refusal, var detail)) {
            reject(step, Problems.of(refusal, detail));
            reached = Step.NONE.throughSeq();
        }
        unanswered.end(ADVANCE_BYTES);
        long known = reached;
        CompletableFuture.delayedExecutor(
                        PAUSE.toMillis(),
                        TimeUnit.MILLISECONDS,
                        task -> services.threads().newThread(task).start())
                .execute(() -> goOn(position, known));
    }

    /// On a thread of its own, which may wait.
    private void goOn(Position position, long reached) {
        Step next = next(position, reached);
        if (next.throughSeq() < 0) {
            return;
        }
        try {
            unanswered.begin(ADVANCE_BYTES);
        } catch (InterruptedException e) {
            // The node stops: the device will report it again.
            Thread.currentThread().interrupt();
            return;
        }
        submit(position, next);
    }

    private synchronized Step next(Position position, long reached) {
        if (underWay == null) {
            return Step.NONE;
        }
        Step next = underWay.getOrDefault(position, Step.NONE);
        if (next.throughSeq() > reached) {
            underWay.put(position, Step.NONE);
            return next;
        }
        underWay.remove(position);
        if (underWay.isEmpty()) {
            underWay = null;
        }
        return Step.NONE;
    }

    private void reject(Step step, Problem problem) {
        session.send(new ServerFrame.ErrorFrame(problem, Optional.empty(), step.ref()));
    }

    private record Position(Cursor cursor, String conversationId) {}

    private record Step(long throughSeq, Optional<String> ref) {
        static final Step NONE = new Step(-1, Optional.empty());
    }
}
