package dev.parley.client;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.Problem;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A message of which it is not yet known what became of it. Guarded by the lock of its [SendQueue].
final class PendingSend {

    final ClientFrame.MessageSend frame;
    final long deadlineNanos;
    final CompletableFuture<SendOutcome> outcome = new CompletableFuture<>();

    /// Whether it is written to the present connection and not answered yet.
    boolean inFlight;

    /// Whether an earlier attempt may have been carried out.
    boolean inDoubt;

    Optional<Problem> lastProblem = Optional.empty();

    PendingSend(ClientFrame.MessageSend frame, long deadlineNanos) {
        this.frame = frame;
        this.deadlineNanos = deadlineNanos;
    }

    /// What to say of it when it is given up.
    SendOutcome givenUp(String reason) {
        return inDoubt || inFlight
                ? new SendOutcome.Unknown(reason, lastProblem)
                : new SendOutcome.NotSent(lastProblem
                        .map(problem ->
                                reason + "; the server said " + problem.code().wire() + ": " + problem.detail())
                        .orElse(reason));
    }
}
