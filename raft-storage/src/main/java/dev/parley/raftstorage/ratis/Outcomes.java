package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.SubmitOutcome.Cause;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.jspecify.annotations.Nullable;

/// Translates what Ratis says into what callers are told.
final class Outcomes {
    private Outcomes() {}

    /// What became of a write that failed.
    ///
    /// @param mayBeInLog whether Ratis got as far as appending. Then even its NotLeaderException proves nothing: an
    ///     entry that a leader leaves behind may still be committed by its successor.
    static <A> SubmitOutcome<A> ofFailure(@Nullable Throwable failure, boolean mayBeInLog) {
        Throwable cause = unwrap(failure);
        if (mayBeInLog) {
            return new SubmitOutcome.Unknown<>(reason(cause));
        }
        return switch (cause) {
            case NotLeaderException e -> new SubmitOutcome.NotLeader<>(leader(e));
            case LeaderNotReadyException e -> new SubmitOutcome.Unavailable<>(Cause.NOT_READY, reason(e));
            case LeaderSteppingDownException e -> new SubmitOutcome.Unavailable<>(Cause.NOT_READY, reason(e));
            case StateMachineException e -> new SubmitOutcome.Unavailable<>(Cause.NOT_READY, reason(e));
            case ResourceUnavailableException e -> new SubmitOutcome.Unavailable<>(Cause.OVERLOADED, reason(e));
            case null, default -> new SubmitOutcome.Unavailable<>(Cause.CLOSED, reason(cause));
        };
    }

    /// What became of a read whose barrier failed.
    static <T> ReadOutcome<T> ofBarrierFailure(@Nullable Throwable failure) {
        Throwable cause = unwrap(failure);
        return cause instanceof NotLeaderException e
                ? new ReadOutcome.NotLeader<>(leader(e))
                : new ReadOutcome.Unavailable<>(reason(cause));
    }

    static String reason(@Nullable Throwable failure) {
        if (failure == null) {
            return "no reason given";
        }
        String message = failure.getMessage();
        return failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    static @Nullable Throwable unwrap(@Nullable Throwable failure) {
        Throwable inner = failure;
        while ((inner instanceof CompletionException || inner instanceof ExecutionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    private static Optional<NodeId> leader(NotLeaderException e) {
        RaftPeer suggested = e.getSuggestedLeader();
        return suggested == null
                ? Optional.empty()
                : Optional.of(new NodeId(suggested.getId().toString()));
    }
}
