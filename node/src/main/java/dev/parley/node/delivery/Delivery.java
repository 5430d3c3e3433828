package dev.parley.node.delivery;

import dev.parley.chat.ConversationRecord;
import java.util.List;

/// Something that live sessions should see. Each has a number, dense per partition and alike on every replica.
///
/// @param number position in the partition's delivery sequence, dense from 1
public record Delivery(long number, Event event) {

    /// What happened.
    public sealed interface Event {}

    /// A record was committed.
    ///
    /// @param senderDeviceId the device that posted it and was answered by an ack; empty if none
    /// @param recipientIds all members, the sender too, and a member that this very record removed
    public record RecordAdded(ConversationRecord record, String senderDeviceId, List<String> recipientIds)
            implements Event {
        public RecordAdded {
            recipientIds = List.copyOf(recipientIds);
        }
    }

    /// A member's read or delivered position moved.
    public record CursorMoved(
            String conversationId, String userId, Cursor cursor, long throughSeq, List<String> recipientIds)
            implements Event {
        public CursorMoved {
            recipientIds = List.copyOf(recipientIds);
        }
    }

    /// A device was revoked: its socket must close, its tokens are void.
    public record DeviceRevoked(String userId, String deviceId) implements Event {}

    public enum Cursor {
        READ,
        DELIVERED
    }
}
