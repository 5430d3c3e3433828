package dev.parley.node.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.Ids;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.chat.QueryAnswer.MemberList;
import dev.parley.chat.QueryAnswer.MemberState;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.Limits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Who hears that a member is writing: the other members of a small conversation, unless one side of a direct one has
/// blocked the other. Asked of the leader, then kept for some seconds: so long may somebody who was removed still see
/// who writes, though not what. Thread-safe.
final class TypingAudiences {
    private static final Duration KEPT = Duration.ofSeconds(5);
    private static final int KEPT_MAX = 10_000;

    private final ChatGate gate;
    private final Cache<Asked, List<String>> audiences =
            Caffeine.newBuilder().expireAfterWrite(KEPT).maximumSize(KEPT_MAX).build();

    private record Asked(String conversationId, String userId) {}

    TypingAudiences(ChatGate gate) {
        this.gate = gate;
    }

    /// The users to tell; fails with a [ProblemException] for who is no member. A failure is not kept.
    CompletableFuture<List<String>> of(String conversationId, String userId) {
        Asked asked = new Asked(conversationId, userId);
        List<String> known = audiences.getIfPresent(asked);
        return known != null
                ? CompletableFuture.completedFuture(known)
                : find(asked).thenApply(found -> {
                    audiences.put(asked, found);
                    return found;
                });
    }

    private CompletableFuture<List<String>> find(Asked asked) {
        return gate.ask(new ChatQuery.Members(asked.conversationId(), asked.userId()))
                .thenCompose(answer -> switch (answer) {
                    case MemberList(var members) -> unlessBlocked(asked, others(members, asked.userId()));
                    case QueryAnswer.Refused(var refusal, var detail) ->
                        CompletableFuture.failedFuture(new ProblemException(Problems.of(refusal, detail)));
                    default -> CompletableFuture.failedFuture(new IllegalStateException("answer: " + answer));
                });
    }

    private static List<String> others(List<MemberState> members, String userId) {
        return members.size() > Limits.SMALL_AUDIENCE_MAX
                ? List.of()
                : members.stream()
                        .map(MemberState::userId)
                        .filter(member -> !member.equals(userId))
                        .toList();
    }

    private CompletableFuture<List<String>> unlessBlocked(Asked asked, List<String> others) {
        if (others.size() != 1 || !Ids.direct(asked.userId(), others.getFirst()).equals(asked.conversationId())) {
            return CompletableFuture.completedFuture(others);
        }
        String other = others.getFirst();
        return blocks(asked.userId(), other)
                .thenCombine(blocks(other, asked.userId()), (one, theOther) -> one || theOther ? List.of() : others);
    }

    private CompletableFuture<Boolean> blocks(String userId, String other) {
        return gate.ask(new ChatQuery.Account(userId))
                .thenApply(answer -> answer instanceof AccountState account
                        && account.blockedUserIds().contains(other));
    }
}
