package dev.parley.chat.rules;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.ConversationKind;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.Ids;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.MemberState;
import dev.parley.chat.QueryAnswer.Page;
import dev.parley.chat.QueryAnswer.Summary;
import dev.parley.chat.Refusal;
import dev.parley.chat.view.Account;
import dev.parley.chat.view.ChatView;
import dev.parley.chat.view.Conversation;
import dev.parley.chat.view.Member;
import java.util.List;
import java.util.Optional;

/// Answers queries from a view. Members see the records from their `joinedSeq` on, all others see nothing.
public final class ChatReader {

    /// Answers a query. Never throws for anything a client can send.
    public static QueryAnswer answer(ChatView view, ChatQuery query) {
        return switch (query) {
            case ChatQuery.PageAfter page -> pageAfter(view, page);
            case ChatQuery.PageBefore page -> pageBefore(view, page);
            case ChatQuery.Members members -> members(view, members);
            case ChatQuery.Summaries summaries -> summaries(view, summaries);
            case ChatQuery.InboxSince since -> InboxReader.since(view, since);
            case ChatQuery.InboxPage page -> InboxReader.page(view, page);
            case ChatQuery.DeadLetters letters -> DeadLetterRules.read(view, letters);
            case ChatQuery.MessageTrace trace -> TraceReader.message(view, trace);
            case ChatQuery.UserTrace trace -> TraceReader.user(view, trace);
            case ChatQuery.Account account -> account(view, account.userId());
        };
    }

    private static QueryAnswer pageAfter(ChatView view, ChatQuery.PageAfter page) {
        Optional<QueryAnswer> problem = checkPage("afterSeq", page.afterSeq(), page.limit());
        return problem.orElseGet(() -> switch (Admission.of(view, page.conversationId(), page.callerId())) {
            case Admission.Denied denied -> refused(denied);
            case Admission.Admitted(var conversation, var member) -> {
                long head = conversation.head().seq();
                long before =
                        Math.clamp(page.afterSeq(), member.joinedSeq() - 1, Math.max(head, member.joinedSeq() - 1));
                long through = Math.min(head, before + page.limit());
                yield new Page(view.records(page.conversationId(), before + 1, through), through, through < head);
            }
        });
    }

    private static QueryAnswer pageBefore(ChatView view, ChatQuery.PageBefore page) {
        Optional<QueryAnswer> problem = checkPage("beforeSeq", page.beforeSeq(), page.limit());
        return problem.orElseGet(() -> switch (Admission.of(view, page.conversationId(), page.callerId())) {
            case Admission.Denied denied -> refused(denied);
            case Admission.Admitted(var conversation, var member) -> {
                long through =
                        Math.min(page.beforeSeq() - 1, conversation.head().seq());
                long from = Math.max(member.joinedSeq(), through - page.limit() + 1);
                boolean more = from > member.joinedSeq() && through >= from;
                yield new Page(view.records(page.conversationId(), from, through), Math.max(0, through), more);
            }
        });
    }

    private static Optional<QueryAnswer> checkPage(String field, long seq, int limit) {
        if (seq < 0) {
            return Optional.of(invalid("%s must not be negative: %d".formatted(field, seq)));
        }
        return limit >= 1 && limit <= ChatLimits.PAGE_MAX
                ? Optional.empty()
                : Optional.of(invalid("limit must be 1 to %d, not %d".formatted(ChatLimits.PAGE_MAX, limit)));
    }

    private static QueryAnswer members(ChatView view, ChatQuery.Members query) {
        return switch (Admission.of(view, query.conversationId(), query.callerId())) {
            case Admission.Denied denied -> refused(denied);
            case Admission.Admitted _ ->
                new QueryAnswer.MemberList(view.members(query.conversationId()).stream()
                        .map(member -> state(member, query.callerId()))
                        .toList());
        };
    }

    private static MemberState state(Member member, String callerId) {
        boolean own = member.userId().equals(callerId);
        return new MemberState(
                member.userId(),
                member.role(),
                member.joinedSeq(),
                own ? member.read().seq() : member.shownReadSeq(),
                member.deliveredSeq(),
                own ? member.devices() : List.of());
    }

    private static QueryAnswer summaries(ChatView view, ChatQuery.Summaries query) {
        int asked = query.conversationIds().size();
        if (asked > ChatLimits.SUMMARIES_MAX) {
            return invalid("conversationIds must name at most %d, not %d".formatted(ChatLimits.SUMMARIES_MAX, asked));
        }
        List<Summary> summaries = query.conversationIds().stream()
                .map(conversationId -> Admission.of(view, conversationId, query.userId()))
                .<Summary>mapMulti((admission, next) -> {
                    if (admission instanceof Admission.Admitted(var conversation, var member)) {
                        next.accept(summary(view, conversation, member));
                    }
                })
                .toList();
        return new QueryAnswer.SummaryList(summaries);
    }

    private static Summary summary(ChatView view, Conversation conversation, Member member) {
        boolean direct = conversation.kind() == ConversationKind.DIRECT;
        long lastMessageSeq = conversation.head().lastMessageSeq();
        Optional<ConversationRecord> lastMessage = lastMessageSeq >= member.joinedSeq()
                ? view.record(conversation.conversationId(), lastMessageSeq)
                : Optional.empty();
        return new Summary(
                conversation.conversationId(),
                conversation.kind(),
                direct ? Optional.empty() : Optional.of(conversation.title()),
                direct ? Optional.of(conversation.other(member.userId())) : Optional.empty(),
                conversation.head().seq(),
                conversation.head().ordinal() - member.read().ordinal(),
                lastMessage,
                member.read().seq(),
                member.muted(),
                conversation.head().activityMillis());
    }

    private static QueryAnswer account(ChatView view, String userId) {
        Optional<Account> account = Ids.isUser(userId) ? view.account(userId) : Optional.empty();
        if (account.isEmpty()) {
            return new QueryAnswer.AccountState(false, 0, 0, List.of(), List.of(), List.of(), AccountSettings.DEFAULT);
        }
        return new QueryAnswer.AccountState(
                true,
                account.get().createdAtMillis(),
                view.inboxVersion(userId),
                view.devices(userId).stream()
                        .map(device -> new QueryAnswer.DeviceState(
                                device.deviceId(),
                                device.platform(),
                                device.generation(),
                                device.createdAtMillis(),
                                device.revoked()))
                        .toList(),
                view.blockedUserIds(userId),
                view.conversationIds(userId),
                account.get().settings());
    }

    private static QueryAnswer refused(Admission.Denied denied) {
        return new QueryAnswer.Refused(
                denied.refused().refusal(), denied.refused().detail());
    }

    private static QueryAnswer invalid(String detail) {
        return new QueryAnswer.Refused(Refusal.INVALID_FIELD, detail);
    }

    private ChatReader() {}
}
