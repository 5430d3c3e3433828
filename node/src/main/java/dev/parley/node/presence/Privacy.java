package dev.parley.node.presence;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.parley.chat.AccountSettings.PresenceVisibility;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.node.gate.ChatGate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Who may see whom: asked of the user's leader, then kept for some minutes. Thread-safe.
final class Privacy {
    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final int KEPT_MAX = 100_000;

    /// Questions of one caller that are under way at once.
    private static final int AT_ONCE = 20;

    private final ChatGate gate;

    /// Futures, so that an answer to an old question never replaces a newer one. Empty if the user's leader gave none.
    private final Cache<String, CompletableFuture<Optional<Rule>>> rules =
            Caffeine.newBuilder().expireAfterWrite(KEPT).maximumSize(KEPT_MAX).build();

    /// What one user lets others see.
    ///
    /// @param blocked users who see nothing
    record Rule(PresenceVisibility visibility, Set<String> blocked) {

        boolean shows(String watcherId, boolean contact) {
            return !blocked.contains(watcherId)
                    && switch (visibility) {
                        case EVERYONE -> true;
                        case CONTACTS -> contact;
                        case NOBODY -> false;
                    };
        }
    }

    Privacy(ChatGate gate) {
        this.gate = gate;
    }

    /// Completes when the rules of these users are known, or cannot be had now. Never fails.
    CompletableFuture<Void> ready(List<String> userIds) {
        if (userIds.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        int some = Math.min(userIds.size(), AT_ONCE);
        CompletableFuture<?>[] asked =
                userIds.subList(0, some).stream().map(this::rule).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(asked).thenCompose(_ -> ready(userIds.subList(some, userIds.size())));
    }

    /// The rule of a user, if it is known now.
    Optional<Rule> now(String userId) {
        CompletableFuture<Optional<Rule>> rule = rules.getIfPresent(userId);
        return rule == null ? Optional.empty() : rule.getNow(Optional.empty());
    }

    /// The user's settings may have changed, or whom it blocks.
    void forget(String userId) {
        rules.invalidate(userId);
    }

    private CompletableFuture<Optional<Rule>> rule(String userId) {
        CompletableFuture<Optional<Rule>> fresh = new CompletableFuture<>();
        CompletableFuture<Optional<Rule>> known = rules.asMap().putIfAbsent(userId, fresh);
        if (known != null) {
            return known;
        }
        var _ = gate.ask(new ChatQuery.Account(userId)).handle((answer, _) -> {
            if (answer instanceof AccountState account) {
                return fresh.complete(Optional.of(
                        new Rule(account.settings().presenceVisibility(), Set.copyOf(account.blockedUserIds()))));
            }
            rules.asMap().remove(userId, fresh);
            return fresh.complete(Optional.empty());
        });
        return fresh;
    }
}
