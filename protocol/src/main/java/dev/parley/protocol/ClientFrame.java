package dev.parley.protocol;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a client may say on the WebSocket. `ref`, if given, comes back on the answer or error.
public sealed interface ClientFrame {

    Optional<String> ref();

    /// Posts a message; answered by [ServerFrame.MessageAck] or [ServerFrame.ErrorFrame] with the same
    /// `clientMessageId`.
    record MessageSend(String conversationId, String clientMessageId, MessageBody body, Optional<String> ref)
            implements ClientFrame {}

    /// Asks for what was missed.
    ///
    /// @param cursors maps a conversation to the last sequence number that the device has
    /// @param since the inbox version up to which the device has all other conversations
    record SyncStart(Map<String, Long> cursors, Optional<Long> since, Optional<String> ref) implements ClientFrame {
        public SyncStart {
            cursors = Map.copyOf(cursors);
        }
    }

    record CursorDelivered(String conversationId, long deliveredThroughSeq, Optional<String> ref)
            implements ClientFrame {}

    record CursorRead(String conversationId, long readThroughSeq, Optional<String> ref) implements ClientFrame {}

    /// The user is writing in a conversation, or has stopped. Never answered but by an error; sent again every
    /// few
    /// seconds for as long as it goes on.
    record Typing(String conversationId, boolean active, Optional<String> ref) implements ClientFrame {}

    /// Replaces whom the session watches. One [ServerFrame.PresenceChanged] with the same `ref` answers it, and others
    /// follow at each change. Conversations of more than [Limits#SMALL_AUDIENCE_MAX] are answered and not followed.
    record PresenceWatch(List<String> userIds, List<String> conversationIds, Optional<String> ref)
            implements ClientFrame {
        public PresenceWatch {
            userIds = List.copyOf(userIds);
            conversationIds = List.copyOf(conversationIds);
        }
    }

    record Ping(Optional<String> ref) implements ClientFrame {}
}
