package dev.parley.client;

import dev.parley.protocol.Message;
import dev.parley.protocol.Rest;
import java.util.List;

/// Takes what a live session has to say: one call at a time, on the session's own thread. A slow listener slows
/// the
/// reading down, and a very slow one gets the connection closed by the server; the session then resumes. A
/// listener
/// that
/// throws ends the session.
public interface SessionListener {

    /// A record, the caller's own too: each once, and in the order of its conversation. When this returns, the
    /// record
    /// counts as processed.
    void onRecord(Message record);

    default void onReceipt(Receipt receipt) {}

    /// A member is writing, or has stopped; without news for six seconds it is over. May be left out under
    /// load.
    default void onTyping(Typing typing) {}

    /// A conversation of the user's list changed: joined, left, muted, mentioned, or anything while this device
    /// was away.
    default void onConversation(Conversation conversation) {}

    /// Users whom the session watches: those that came or went, or all of them after each [LiveSession#watch].
    default void onPresence(List<Rest.UserPresence> users) {}

    default void onState(SessionState state) {}

    /// What the user's list says of a conversation.
    ///
    /// @param member false when the user is no longer in it
    /// @param unread messages after the read position
    /// @param mentioned whether one of these mentions the user
    record Conversation(
            String conversationId,
            boolean member,
            long headSeq,
            long readThroughSeq,
            long unread,
            boolean muted,
            boolean mentioned) {}

    record Typing(String conversationId, String userId, boolean active) {}

    /// How far a member got.
    record Receipt(String conversationId, String userId, Kind kind, long throughSeq) {
        public enum Kind {
            DELIVERED,
            READ
        }
    }
}
