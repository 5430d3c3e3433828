package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ChatQuery.MessageTrace;
import dev.parley.chat.ChatQuery.UserTrace;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.Ids;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.MemberState;
import dev.parley.chat.QueryAnswer.MessageTraced;
import dev.parley.chat.QueryAnswer.TracedPush;
import dev.parley.chat.QueryAnswer.TracedRecord;
import dev.parley.chat.QueryAnswer.UserTraced;
import dev.parley.chat.Refusal;
import dev.parley.chat.view.ChatView;
import dev.parley.chat.view.Conversation;
import dev.parley.chat.view.ConversationView;
import dev.parley.chat.view.Member;
import dev.parley.chat.view.OutboxProgress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// What became of a record, for operators: nobody's membership is asked, and no text is shown.
final class TraceReader {
    private static final Pattern SEQ = Pattern.compile("[0-9]{1,18}");

    /// Records of one stamp that are looked at: far more than an entry holds of one conversation.
    private static final int SAME_STAMP_MAX = 10_000;

    static QueryAnswer message(ChatView view, MessageTrace trace) {
        String id = trace.conversationId();
        Optional<Conversation> conversation = Ids.isConversation(id) ? view.conversation(id) : Optional.empty();
        if (conversation.isEmpty()) {
            ChatAnswer.Refused unknown = Admission.unknown(id);
            return new QueryAnswer.Refused(unknown.refusal(), unknown.detail());
        }
        long head = conversation.get().head().seq();
        OptionalLong stamp = Ids.messageMillis(trace.message());
        if (stamp.isPresent()) {
            Optional<ConversationRecord> record = byId(view, id, trace.message(), stamp.getAsLong(), head);
            return new MessageTraced(record.map(found -> traced(view, found)), head);
        }
        if (!SEQ.matcher(trace.message()).matches()) {
            return new QueryAnswer.Refused(Refusal.INVALID_FIELD, "message must be a message id or a seq");
        }
        long seq = Long.parseLong(trace.message());
        Optional<ConversationRecord> record = seq >= 1 && seq <= head ? view.record(id, seq) : Optional.empty();
        return new MessageTraced(record.map(found -> traced(view, found)), head);
    }

    /// Finds a record by its id in some twenty reads, however long the log is: the id holds the stamp, and
    /// stamps never fall along the log, so the first record of the stamp is found by halving. Records of one
    /// stamp may come from several entries, whose random bits are in no order: these are read one by one.
    private static Optional<ConversationRecord> byId(
            ConversationView view, String conversationId, String messageId, long stamp, long head) {
        long low = 1;
        long high = head + 1;
        while (low < high) {
            long middle = low + (high - low) / 2;
            boolean before = view.record(conversationId, middle)
                    .filter(record -> record.createdAtMillis() >= stamp)
                    .isEmpty();
            low = before ? middle + 1 : low;
            high = before ? high : middle;
        }
        long end = Math.min(head, low + SAME_STAMP_MAX - 1);
        for (long from = low; from <= end; from += ChatLimits.PAGE_MAX) {
            long through = Math.min(end, from + ChatLimits.PAGE_MAX - 1);
            for (ConversationRecord record : view.records(conversationId, from, through)) {
                if (record.createdAtMillis() != stamp) {
                    return Optional.empty();
                }
                if (record.messageId().equals(messageId)) {
                    return Optional.of(record);
                }
            }
        }
        return Optional.empty();
    }

    private static TracedRecord traced(ChatView view, ConversationRecord record) {
        List<Member> members = view.members(record.conversationId());
        OutboxProgress outbox = view.outboxProgress();
        return new TracedRecord(
                record.seq(),
                record.messageId(),
                record.senderId(),
                record.createdAtMillis(),
                view.logPlace(record.conversationId(), record.seq()),
                outbox.last() - outbox.notedThrough(),
                members.stream().map(TraceReader::state).toList(),
                members.stream()
                        .map(member -> new DeadLetter.ListNote(new Activity(
                                member.userId(), record.conversationId(), Progress.NONE, Optional.empty(), 0)))
                        .flatMap(note -> view.deadLetterAbout(note).stream())
                        .toList());
    }

    private static MemberState state(Member member) {
        return new MemberState(
                member.userId(),
                member.role(),
                member.joinedSeq(),
                member.read().seq(),
                member.deliveredSeq(),
                member.devices());
    }

    static QueryAnswer user(ChatView view, UserTrace trace) {
        if (!Ids.isUser(trace.userId()) || !Ids.isConversation(trace.conversationId())) {
            return new UserTraced(0, List.of(), List.of());
        }
        return new UserTraced(
                view.listed(trace.userId(), trace.conversationId())
                        .map(listed -> listed.progress().headSeq())
                        .orElse(0L),
                view.pushes(trace.userId(), trace.conversationId()).entrySet().stream()
                        .map(entry -> new TracedPush(
                                entry.getKey(),
                                entry.getValue().seq(),
                                entry.getValue().atMillis(),
                                entry.getValue().outcome()))
                        .toList(),
                view.pushTargets(trace.userId()).stream()
                        .map(target -> new DeadLetter.Push(
                                trace.userId(),
                                trace.conversationId(),
                                target.deviceId(),
                                target.target().provider(),
                                trace.seq()))
                        .flatMap(push -> view.deadLetterAbout(push).stream())
                        .toList());
    }

    private TraceReader() {}
}
