package dev.parley.node.session;

import dev.parley.node.delivery.TypingNotice;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.wire.Answers;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.Problem;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/// Tells the live members of a conversation that one of them is writing. Nothing is stored, repeated or waited for.
public final class Typing {
    private final TypingAudiences audiences;
    private final SessionRegistry sessions;
    private final Consumer<TypingNotice> elsewhere;

    /// @param elsewhere tells the other nodes; must not block
    public Typing(ChatGate gate, SessionRegistry sessions, Consumer<TypingNotice> elsewhere) {
        this.audiences = new TypingAudiences(gate);
        this.sessions = sessions;
        this.elsewhere = elsewhere;
    }

    /// A user is writing, or has stopped.
    ///
    /// @return what is wrong, if the user is no member or nobody knows; never fails
    CompletableFuture<Optional<Problem>> tell(String conversationId, String userId, boolean active) {
        return audiences.of(conversationId, userId).handle((recipientIds, failure) -> {
            if (failure != null) {
                return Optional.of(problem(failure));
            }
            if (!recipientIds.isEmpty()) {
                TypingNotice notice = new TypingNotice(conversationId, userId, active, recipientIds);
                sessions.tell(notice);
                elsewhere.accept(notice);
            }
            return Optional.empty();
        });
    }

    private static Problem problem(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof ProblemException refused ? refused.problem() : Problems.of(Answers.failure(cause));
    }
}
