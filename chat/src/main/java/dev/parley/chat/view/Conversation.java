package dev.parley.chat.view;

import dev.parley.chat.ConversationKind;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.Fingerprint;
import java.util.List;

/// A conversation without its members and records: what every post needs and changes.
///
/// @param title of a group; empty for a direct conversation
/// @param pair the two users of a direct conversation, by id; empty for a group
/// @param origin what its creator asked for, to know a retry
public record Conversation(
        String conversationId,
        ConversationKind kind,
        String title,
        List<String> pair,
        Fingerprint origin,
        Head head,
        Census census) {

    public Conversation {
        pair = List.copyOf(pair);
    }

    /// The end of the log.
    ///
    /// @param seq of the newest record; 0 for an empty log
    /// @param ordinal how many visible messages the log holds
    /// @param lastMessageSeq of the newest visible message; 0 if there is none
    /// @param activityMillis stamp of the newest record, or of the creation
    public record Head(long seq, long ordinal, long lastMessageSeq, long activityMillis) {}

    /// How many members and, of these, owners there are.
    public record Census(int members, int owners) {

        public Census plus(int moreMembers, int moreOwners) {
            return new Census(members + moreMembers, owners + moreOwners);
        }
    }

    /// The conversation with one record more.
    public Conversation appended(ConversationRecord record) {
        if (record.seq() != head.seq() + 1) {
            throw new IllegalStateException(
                    "expected record %d of %s but got %d".formatted(head.seq() + 1, conversationId, record.seq()));
        }
        boolean visible = record.body().visibleMessage();
        long lastMessageSeq = visible ? record.seq() : head.lastMessageSeq();
        return withHead(new Head(record.seq(), record.ordinal(), lastMessageSeq, record.createdAtMillis()));
    }

    public Conversation withCensus(Census newCensus) {
        return new Conversation(conversationId, kind, title, pair, origin, head, newCensus);
    }

    /// The other side of a direct conversation.
    public String other(String userId) {
        return pair.get(0).equals(userId) ? pair.get(1) : pair.get(0);
    }

    private Conversation withHead(Head newHead) {
        return new Conversation(conversationId, kind, title, pair, origin, newHead, census);
    }
}
