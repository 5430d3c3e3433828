package dev.parley.chat.view;

import dev.parley.chat.ConversationRecord;
import dev.parley.chat.LogPlace;
import java.util.List;
import java.util.Optional;

/// Conversations, their members and their records.
public interface ConversationView {

    Optional<Conversation> conversation(String conversationId);

    Optional<Member> member(String conversationId, String userId);

    /// All members, by user id. Reads a row for each: not for the path of a message.
    List<Member> members(String conversationId);

    /// Records `fromSeq` to `throughSeq`, both included, oldest first.
    List<ConversationRecord> records(String conversationId, long fromSeq, long throughSeq);

    Optional<ConversationRecord> record(String conversationId, long seq);

    /// Where the record's command stands in the log, if that was kept.
    Optional<LogPlace> logPlace(String conversationId, long seq);

    /// What was posted under a client's id, for at least [dev.parley.chat.ChatLimits#POSTED_KEPT_MILLIS].
    Optional<PostedMessage> posted(String conversationId, String senderId, String clientMessageId);

    /// Whether the user has blocked the other side of the direct conversation, which need not exist.
    boolean blockedBy(String conversationId, String blockerId);
}
