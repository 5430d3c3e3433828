package dev.parley.node.edge.rest;

import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.chat.QueryAnswer.Changed;
import dev.parley.chat.QueryAnswer.InboxNews;
import dev.parley.chat.QueryAnswer.Summary;
import dev.parley.chat.QueryAnswer.SummaryList;
import dev.parley.node.auth.SessionClaims;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.wire.Messages;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.Rest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The caller's conversations, those with the newest activity first: all of them, or what changed.
final class ListCalls {
    /// Conversations of one question to a partition.
    private static final int SUMMARIES_AT_ONCE = 200;

    private static final Comparator<Position> ORDER =
            Comparator.comparingLong(Position::activityMillis).reversed().thenComparing(Position::conversationId);

    private final Chat chat;
    private final Callers callers;
    private final Partitioning partitioning;

    ListCalls(Chat chat, Callers callers, Partitioning partitioning) {
        this.chat = chat;
        this.callers = callers;
        this.partitioning = partitioning;
    }

    void addTo(Routes routes) {
        routes.on("GET", "/v1/conversations", this::list);
        routes.on("GET", "/v1/sync", this::sync);
    }

    private Reply list(Call call) {
        SessionClaims caller = callers.session(call);
        int limit = call.limit();
        Optional<Position> after = call.single("cursor").map(Position::decoded);
        AccountState account = chat.ask(new ChatQuery.Account(caller.userId()), AccountState.class);
        List<Summary> found = summaries(account.conversationIds(), caller.userId()).stream()
                .filter(summary -> after.isEmpty() || ORDER.compare(Position.of(summary), after.get()) > 0)
                .sorted(Comparator.comparing(Position::of, ORDER))
                .toList();
        List<Summary> page = found.subList(0, Math.min(limit, found.size()));
        Optional<String> nextCursor = page.size() < found.size()
                ? Optional.of(Position.of(page.getLast()).encoded())
                : Optional.empty();
        return Reply.ok(new Rest.ConversationList(
                page.stream().map(ListCalls::summary).toList(), nextCursor, account.inboxVersion()));
    }

    private Reply sync(Call call) {
        SessionClaims caller = callers.session(call);
        long since =
                call.seq("since").orElseThrow(() -> ProblemException.invalidField("since", "must be given; 0 for all"));
        InboxNews news = chat.ask(new ChatQuery.InboxSince(caller.userId(), since, call.limit()), InboxNews.class);
        List<String> changed = news.changed().stream()
                .filter(Changed::member)
                .map(Changed::conversationId)
                .toList();
        List<Summary> found = summaries(changed, caller.userId());
        Set<String> present = found.stream().map(Summary::conversationId).collect(Collectors.toSet());
        return Reply.ok(new Rest.SyncNews(
                found.stream()
                        .sorted(Comparator.comparing(Position::of, ORDER))
                        .map(ListCalls::summary)
                        .toList(),
                news.changed().stream()
                        .map(Changed::conversationId)
                        .filter(id -> !present.contains(id))
                        .toList(),
                news.throughVersion(),
                news.throughVersion() < news.inboxVersion(),
                news.resumed()));
    }

    private List<Summary> summaries(List<String> conversationIds, String userId) {
        Map<Integer, List<String>> byPartition = new TreeMap<>();
        for (String id : conversationIds) {
            byPartition
                    .computeIfAbsent(partitioning.partitionOf(id), _ -> new ArrayList<>())
                    .add(id);
        }
        List<ChatQuery.Summaries> questions = new ArrayList<>();
        for (List<String> ids : byPartition.values()) {
            for (int from = 0; from < ids.size(); from += SUMMARIES_AT_ONCE) {
                List<String> some = ids.subList(from, Math.min(ids.size(), from + SUMMARIES_AT_ONCE));
                questions.add(new ChatQuery.Summaries(some, userId));
            }
        }
        return chat.askAll(questions, SummaryList.class).stream()
                .flatMap(answer -> answer.summaries().stream())
                .toList();
    }

    private static Rest.ConversationSummary summary(Summary summary) {
        return new Rest.ConversationSummary(
                summary.conversationId(),
                summary.kind().name().toLowerCase(Locale.ROOT),
                summary.title(),
                summary.otherId(),
                summary.headSeq(),
                summary.unread(),
                summary.lastMessage().map(Messages::of),
                summary.readSeq(),
                summary.muted());
    }

    /// A place in the list; on the wire it is opaque.
    private record Position(long activityMillis, String conversationId) {
        static Position of(Summary summary) {
            return new Position(summary.lastActivityMillis(), summary.conversationId());
        }

        static Position decoded(String cursor) {
            try {
                String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
                int space = text.indexOf(' ');
                return new Position(Long.parseLong(text, 0, Math.max(space, 0), 10), text.substring(space + 1));
            } catch (IllegalArgumentException _) {
                throw ProblemException.invalidField("cursor", "must be a nextCursor of this list");
            }
        }

        String encoded() {
            byte[] text = (activityMillis + " " + conversationId).getBytes(StandardCharsets.UTF_8);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
        }
    }
}
