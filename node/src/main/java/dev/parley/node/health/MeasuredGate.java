package dev.parley.node.health;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.gate.GateException;
import dev.parley.node.health.TrafficMetrics.SendOutcome;
import dev.parley.protocol.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A gate that counts and times the messages that pass through it; for the clients' side, not for the node's own
/// commands.
public final class MeasuredGate implements ChatGate {
    private final ChatGate gate;
    private final TrafficMetrics metrics;
    private final LongSupplier nanoTime;

    /// Measures a gate.
    ///
    /// @param nanoTime such as `System::nanoTime`
    public MeasuredGate(ChatGate gate, TrafficMetrics metrics, LongSupplier nanoTime) {
        this.gate = gate;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    @Override
    public CompletableFuture<ChatAnswer> submit(ChatCommand command) {
        CompletableFuture<ChatAnswer> future;
        if (command instanceof ChatCommand.PostMessage) {
            long began = nanoTime.getAsLong();
            future = gate.submit(command)
                    .whenComplete((answer, failure) -> metrics.sendAnswered(
                            failure == null ? outcome(answer) : outcome(failure),
                            Duration.ofNanos(nanoTime.getAsLong() - began)));
        } else {
            future = gate.submit(command);
        }
        return future;
    }

    @Override
    public CompletableFuture<QueryAnswer> ask(ChatQuery query) {
        return gate.ask(query);
    }

    private static SendOutcome outcome(ChatAnswer answer) {
        return switch (answer) {
            case ChatAnswer.MessagePosted posted -> posted.duplicate() ? SendOutcome.DUPLICATE : SendOutcome.ACCEPTED;
            case ChatAnswer.Refused _ -> SendOutcome.REFUSED;
            case ChatAnswer.ConversationOpened _,
                    ChatAnswer.MembersChanged _,
                    ChatAnswer.CursorAdvanced _,
                    ChatAnswer.DeviceRegistered _,
                    ChatAnswer.Done _ -> SendOutcome.UNKNOWN;
        };
    }

    private static SendOutcome outcome(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof GateException gate && gate.code().effect() == ErrorCode.Effect.NONE
                ? SendOutcome.UNAVAILABLE
                : SendOutcome.UNKNOWN;
    }
}
