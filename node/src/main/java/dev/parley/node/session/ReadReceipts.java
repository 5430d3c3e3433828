package dev.parley.node.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.node.gate.ChatGate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// Who does not want others to know what was read. Asked of the user's leader, then kept for some seconds: a change
/// holds at once where it was made, and so much later on other nodes at most. Thread-safe.
public final class ReadReceipts {
    private static final Duration KEPT = Duration.ofSeconds(5);
    private static final int KEPT_MAX = 100_000;

    private final ChatGate gate;
    private final Executor executor;
    private final Cache<String, Boolean> hidden =
            Caffeine.newBuilder().expireAfterWrite(KEPT).maximumSize(KEPT_MAX).build();

    /// @param executor goes on when an answer came that was not known: the gate's own threads serve others too
    public ReadReceipts(ChatGate gate, Executor executor) {
        this.gate = gate;
        this.executor = executor;
    }

    /// Whether the user hides what was read; fails as the gate does, for then nobody may be told anything.
    public CompletableFuture<Boolean> hiddenBy(String userId) {
        Boolean known = hidden.getIfPresent(userId);
        return known != null
                ? CompletableFuture.completedFuture(known)
                : gate.ask(new ChatQuery.Account(userId)).thenApplyAsync(answer -> keep(userId, answer), executor);
    }

    /// The user's settings were changed here.
    public void changed(String userId) {
        hidden.invalidate(userId);
    }

    private boolean keep(String userId, QueryAnswer answer) {
        if (!(answer instanceof AccountState account)) {
            throw new IllegalStateException("answer: " + answer);
        }
        boolean hides = !account.settings().readReceipts();
        hidden.put(userId, hides);
        return hides;
    }
}
