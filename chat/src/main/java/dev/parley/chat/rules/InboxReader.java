package dev.parley.chat.rules;

import dev.parley.chat.ChatLimits;
import dev.parley.chat.ChatQuery.InboxPage;
import dev.parley.chat.ChatQuery.InboxSince;
import dev.parley.chat.InboxEntry;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.Changed;
import dev.parley.chat.QueryAnswer.InboxListing;
import dev.parley.chat.QueryAnswer.InboxNews;
import dev.parley.chat.Refusal;
import dev.parley.chat.view.AccountView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads what changed in a user's list. The cost grows with what changed, not with how many conversations there
/// are.
final class InboxReader {

    static QueryAnswer since(AccountView view, InboxSince query) {
        if (query.sinceVersion() < 0) {
            return invalid("since must not be negative: %d".formatted(query.sinceVersion()));
        }
        if (query.limit() < 1 || query.limit() > ChatLimits.PAGE_MAX) {
            return invalid("limit must be 1 to %d, not %d".formatted(ChatLimits.PAGE_MAX, query.limit()));
        }
        long version = view.inboxVersion(query.userId());
        if (query.sinceVersion() == version) {
            return new InboxNews(true, List.of(), version, version);
        }
        long loggedFrom = view.inboxLoggedFrom(query.userId());
        boolean known = loggedFrom > 0 && query.sinceVersion() >= loggedFrom - 1 && query.sinceVersion() < version;
        return known ? news(view, query, version) : new InboxNews(false, List.of(), version, version);
    }

    static QueryAnswer page(AccountView view, InboxPage query) {
        if (query.limit() < 1 || query.limit() > ChatLimits.PAGE_MAX) {
            return invalid("limit must be 1 to %d, not %d".formatted(ChatLimits.PAGE_MAX, query.limit()));
        }
        List<InboxEntry> found = view.inboxPage(query.userId(), query.after(), query.limit() + 1);
        boolean more = found.size() > query.limit();
        return new InboxListing(
                more ? found.subList(0, query.limit()) : found,
                more,
                view.inboxUnread(query.userId()),
                view.inboxVersion(query.userId()));
    }

    private static InboxNews news(AccountView view, InboxSince query, long version) {
        Map<String, Long> fromSeqs = new LinkedHashMap<>();
        // Of the last change that is told, or of the newest if all are.
        long[] through = {version};
        view.inboxChanges(query.userId(), query.sinceVersion(), change -> {
            boolean full = fromSeqs.size() == query.limit() && !fromSeqs.containsKey(change.conversationId());
            if (full) {
                through[0] = change.version() - 1;
            } else {
                fromSeqs.putIfAbsent(change.conversationId(), change.fromSeq());
            }
            return !full;
        });
        List<Changed> changed = fromSeqs.entrySet().stream()
                .map(entry -> new Changed(
                        entry.getKey(),
                        entry.getValue(),
                        view.listed(query.userId(), entry.getKey()).orElse(ListedConversation.NONE)))
                .toList();
        return new InboxNews(true, changed, through[0], version);
    }

    private static QueryAnswer invalid(String detail) {
        return new QueryAnswer.Refused(Refusal.INVALID_FIELD, detail);
    }

    private InboxReader() {}
}
