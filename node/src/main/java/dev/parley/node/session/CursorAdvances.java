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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The read and delivered positions that a session reports. While one advance of a position is under way only the
/// highest next one is kept, so a client that reports every message costs one command at a time. Thread-safe.
final class CursorAdvances {
    /// What an advance under way counts for among the unanswered requests of its session.
    private static final int ADVANCE_BYTES = 64;

    private final Session session;
    private final SessionServices services;
    private final UnansweredRequests unanswered;

    /// By position; null while nothing is under way.
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
                CompletableFuture.completedFuture(
                        new AdvanceDelivered(position.conversationId(), userId, step.throughSeq()));
        };
    }

    private void finished(Position position, Step step, @Nullable ChatAnswer answer, @Nullable Throwable failure) {
        if (failure != null) {
            reject(step, Problems.of(Answers.failure(failure)));
        } else if (answer instanceof ChatAnswer.Refused(var refusal, var detail)) {
            reject(step, Problems.of(refusal, detail));
        }
        Step next = next(position, step);
        if (next.throughSeq() < 0) {
            unanswered.end(ADVANCE_BYTES);
        } else {
            // Not on this thread: it carries the answers of others.
            services.threads().newThread(() -> submit(position, next)).start();
        }
    }

    private synchronized Step next(Position position, Step done) {
        if (underWay == null) {
            return Step.NONE;
        }
        Step next = underWay.getOrDefault(position, Step.NONE);
        if (next.throughSeq() > done.throughSeq() && session.isOpen()) {
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
