package dev.parley.node.delivery;

import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.ListedConversation;
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
    ///
    /// @param throughOrdinal visible messages up to there, of a read position; else 0
    /// @param recipientIds who may know: all members, or the user alone
    public record CursorMoved(
            String conversationId,
            String userId,
            Cursor cursor,
            long throughSeq,
            long throughOrdinal,
            List<String> recipientIds)
            implements Event {
        public CursorMoved {
            recipientIds = List.copyOf(recipientIds);
        }

        /// Whether only the user's own devices are told.
        public boolean ownOnly() {
            return recipientIds.equals(List.of(userId));
        }
    }

    /// A member muted or unmuted a conversation.
    public record MuteChanged(String conversationId, String userId, boolean muted) implements Event {}

    /// Lists of users changed: all that one entry changed in the lists of a partition.
    public record ListsChanged(List<ListChange> changes) implements Event {
        public ListsChanged {
            changes = List.copyOf(changes);
        }
    }

    /// A change of a user's list.
    ///
    /// @param inboxVersion that it made
    /// @param deliveryNumber of the conversation's partition: who has seen the deliveries up to it has seen
    ///     what the
    ///     change tells of; 0 if it tells of nothing that is delivered
    /// @param notable whether more changed than positions: membership, muting, a mention
    /// @param unreadGrew whether there is more to read than before
    public record ListChange(
            String userId,
            String conversationId,
            long inboxVersion,
            long deliveryNumber,
            boolean notable,
            boolean unreadGrew,
            ListedConversation listed) {}

    /// A device was revoked: its socket must close, its tokens are void.
    public record DeviceRevoked(String userId, String deviceId) implements Event {}

    /// What a dead letter is about is to be done after all: for the consumer of the outbox that gave it up, not
    /// for
    /// sessions.
    public record Retried(DeadLetter.Content content) implements Event {}

    /// The tables hold a delivery of this number, but it cannot be told what it says: the row, or one that it
    /// refers
    /// to, is damaged. It stands in its place so that what comes after it goes on.
    ///
    /// @param reason for the log
    public record Unreadable(String reason) implements Event {}

    public enum Cursor {
        READ,
        DELIVERED
    }
}
