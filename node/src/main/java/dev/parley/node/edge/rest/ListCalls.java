package dev.parley.node.edge.rest;

import dev.parley.chat.ChatQuery;
import dev.parley.chat.InboxEntry;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.QueryAnswer.Changed;
import dev.parley.chat.QueryAnswer.InboxListing;
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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The caller's conversations, those with the newest activity first: all of them, or what changed.
final class ListCalls {
    /// Conversations of one question to a partition.
    private static final int SUMMARIES_AT_ONCE = 200;

    private static final Comparator<Summary> NEWEST_FIRST =
            Comparator.comparingLong(Summary::lastActivityMillis).reversed().thenComparing(Summary::conversationId);

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
        Optional<InboxEntry.Place> after = call.single("cursor").map(ListCalls::decoded);
        InboxListing page = chat.ask(new ChatQuery.InboxPage(caller.userId(), after, call.limit()), InboxListing.class);
        Map<String, ListedConversation> listed = new HashMap<>();
        page.entries().forEach(entry -> listed.put(entry.conversationId(), entry.listed()));
        Optional<String> nextCursor =
                page.more() ? Optional.of(encoded(page.entries().getLast().place())) : Optional.empty();
        return Reply.ok(new Rest.ConversationList(
                summaries(listed, caller.userId()), nextCursor, page.unread(), page.inboxVersion()));
    }

    private Reply sync(Call call) {
        SessionClaims caller = callers.session(call);
        long since =
                call.seq("since").orElseThrow(() -> ProblemException.invalidField("since", "must be given; 0 for all"));
        InboxNews news = chat.ask(new ChatQuery.InboxSince(caller.userId(), since, call.limit()), InboxNews.class);
        Map<String, ListedConversation> changed = new HashMap<>();
        news.changed().stream()
                .filter(each -> each.listed().member())
                .forEach(each -> changed.put(each.conversationId(), each.listed()));
        List<Rest.ConversationSummary> found = summaries(changed, caller.userId());
        Set<String> present =
                found.stream().map(Rest.ConversationSummary::conversationId).collect(Collectors.toSet());
        return Reply.ok(new Rest.SyncNews(
                found,
                news.changed().stream()
                        .map(Changed::conversationId)
                        .filter(id -> !present.contains(id))
                        .toList(),
                news.throughVersion(),
                news.throughVersion() < news.inboxVersion(),
                news.resumed()));
    }

    /// What the conversations themselves say, which is newer than the list, those with the newest activity
    /// first.
    private List<Rest.ConversationSummary> summaries(Map<String, ListedConversation> listed, String userId) {
        return summaries(listed.keySet(), userId).stream()
                .sorted(NEWEST_FIRST)
                .map(each -> summary(each, listed.get(each.conversationId())))
                .toList();
    }

    private List<Summary> summaries(Set<String> conversationIds, String userId) {
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

    private static Rest.ConversationSummary summary(Summary summary, @Nullable ListedConversation listed) {
        boolean mentioned = listed != null && listed.progress().mentionSeq() > summary.readSeq();
        return new Rest.ConversationSummary(
                summary.conversationId(),
                summary.kind().name().toLowerCase(Locale.ROOT),
                summary.title(),
                summary.otherId(),
                summary.headSeq(),
                summary.unread(),
                summary.lastMessage().map(Messages::of),
                summary.readSeq(),
                summary.muted(),
                mentioned);
    }

    /// A place in the list; on the wire it is opaque.
    private static String encoded(InboxEntry.Place place) {
        byte[] text = (place.activityMillis() + " " + place.conversationId()).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
    }

    private static InboxEntry.Place decoded(String cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            int space = text.indexOf(' ');
            long millis = Long.parseLong(text, 0, Math.max(space, 0), 10);
            if (millis >= 0) {
                return new InboxEntry.Place(millis, text.substring(space + 1));
            }
        } catch (IllegalArgumentException _) {
            // as below
        }
        throw ProblemException.invalidField("cursor", "must be a nextCursor of this list");
    }
}
