package dev.parley.protocol;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a node may say on the WebSocket.
public sealed interface ServerFrame {

    record Hello(
            String sessionId, String userId, String deviceId, int heartbeatSeconds, HelloLimits limits, String epoch)
            implements ServerFrame {}

    /// The limits that a client must know, from [Limits].
    record HelloLimits(int textBytesMax, int frameBytesMax, int pageMax) {}

    record MessageAck(
            String clientMessageId,
            String messageId,
            String conversationId,
            long conversationSeq,
            Instant createdAt,
            boolean duplicate,
            Optional<String> ref)
            implements ServerFrame {}

    /// A record that was just committed; the message's fields stand flat in the frame.
    record MessageNew(Message message) implements ServerFrame {}

    record SyncBatch(String conversationId, List<Message> messages) implements ServerFrame {
        public SyncBatch {
            messages = List.copyOf(messages);
        }
    }

    /// A conversation of the user's list changed in another way than by a new message or a receipt alone.
    ///
    /// @param member false when the user is no longer in it
    /// @param unread messages after the read position
    /// @param mentioned whether one of these mentions the user
    record ConversationUpdated(
            String conversationId,
            boolean member,
            long headSeq,
            long readThroughSeq,
            long unread,
            boolean muted,
            boolean mentioned)
            implements ServerFrame {}

    /// All that the user's list knew at this version has been sent to this session: the next session may ask
    /// for what
    /// changed since.
    record SyncMark(long inboxVersion) implements ServerFrame {}

    record SyncDone(long inboxVersion, boolean resumed, Optional<String> ref) implements ServerFrame {}

    record ReceiptDelivered(String conversationId, String userId, long deliveredThroughSeq) implements ServerFrame {}

    record ReceiptRead(String conversationId, String userId, long readThroughSeq) implements ServerFrame {}

    /// A member is writing, or has stopped. Never stored: without news for some seconds it is over.
    record MemberTyping(String conversationId, String userId, boolean active) implements ServerFrame {}

    /// Who of those whom the session watches came or went.
    ///
    /// @param ref of the `presence.watch` that this answers
    record PresenceChanged(List<Rest.UserPresence> users, Optional<String> ref) implements ServerFrame {
        public PresenceChanged {
            users = List.copyOf(users);
        }
    }

    record Drain(int reconnectWithinSeconds, Optional<String> websocketUrl) implements ServerFrame {}

    record Pong(Optional<String> ref) implements ServerFrame {}

    /// A problem on the socket: the problem object, with `clientMessageId` when it answers a send.
    record ErrorFrame(Problem problem, Optional<String> clientMessageId, Optional<String> ref) implements ServerFrame {}
}
