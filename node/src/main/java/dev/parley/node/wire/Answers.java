package dev.parley.node.wire;

import dev.parley.node.gate.GateException;
import dev.parley.protocol.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits for answers of a [dev.parley.node.gate.ChatGate] on a virtual thread of a client's request.
public final class Answers {
    /// Longer than the gate's own deadline (10 s), so that it is the gate that says what became of a command.
    private static final Duration WAIT_MAX = Duration.ofSeconds(15);

    /// The answer.
    ///
    /// @throws GateException if there is none; an interrupt or an overlong wait count as an unknown outcome
    public static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException _) {
            throw new GateException(ErrorCode.OUTCOME_UNKNOWN, "no answer after " + WAIT_MAX);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new GateException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while waiting for an answer");
        }
    }

    /// What a future of the gate failed with, as the exception that the gate promises.
    public static GateException failure(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof GateException known) {
            return known;
        }
        GateException unexpected = new GateException(ErrorCode.INTERNAL, "unexpected: " + cause);
        unexpected.initCause(cause);
        return unexpected;
    }

    private Answers() {}
}
