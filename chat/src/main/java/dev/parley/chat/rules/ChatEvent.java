package dev.parley.chat.rules;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatCommand.Pushed;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.DevicePosition;
import dev.parley.chat.Fingerprint;
import dev.parley.chat.PushTarget;
import dev.parley.chat.Role;
import dev.parley.chat.view.Member.Position;
import java.util.List;

/// What happened, decided and yet to be written. Each event has one applier.
///
/// Events are not stored: a replica derives them again from the command, so their shape may change with the
/// code.
public sealed interface ChatEvent {

    /// What happened to a conversation.
    sealed interface OnConversation extends ChatEvent {}

    /// What happened to the partition itself: its checkpoints and dead letters.
    sealed interface Housekeeping extends ChatEvent {}

    /// What happened to a user's account or lists.
    sealed interface OnUser extends ChatEvent {
        String userId();
    }

    /// A direct conversation exists now, with an empty log.
    ///
    /// @param pair both users, by id
    record DirectOpened(String conversationId, List<String> pair, long atMillis) implements OnConversation {
        public DirectOpened {
            pair = List.copyOf(pair);
        }
    }

    /// A group exists now; all its first members joined with its first record.
    ///
    /// @param created the record that says so, by the creator, who is its owner
    /// @param memberIds all members by id, the creator too
    /// @param origin what was asked for
    record GroupOpened(ConversationRecord created, String title, List<String> memberIds, Fingerprint origin)
            implements OnConversation {
        public GroupOpened {
            memberIds = List.copyOf(memberIds);
        }
    }

    /// A text stands at the end of the log, and its sender has read up to it.
    record MessagePosted(ConversationRecord message, String senderDeviceId, String clientMessageId, Fingerprint body)
            implements OnConversation {}

    record MemberAdded(ConversationRecord change, String memberId, Role role) implements OnConversation {}

    /// A member was removed or left.
    record MemberRemoved(ConversationRecord change, String memberId, Role formerRole) implements OnConversation {}

    record RoleChanged(ConversationRecord change, String memberId, Role formerRole, Role role)
            implements OnConversation {}

    /// A member has read on.
    ///
    /// @param hidden whether only the reader's own devices may know
    record ReadAdvanced(String conversationId, String userId, Position position, boolean hidden)
            implements OnConversation {}

    record DeliveredAdvanced(String conversationId, String userId, long throughSeq) implements OnConversation {}

    /// One device of a member has received on.
    ///
    /// @param devices how far all of them are now, by id
    record DeviceAdvanced(String conversationId, String userId, List<DevicePosition> devices)
            implements OnConversation {
        public DeviceAdvanced {
            devices = List.copyOf(devices);
        }
    }

    record MuteChanged(String conversationId, String userId, boolean muted) implements OnConversation {}

    /// One side of a direct conversation blocked or unblocked the other.
    record BlockChanged(String conversationId, String blockerId, boolean blocked) implements OnConversation {}

    record UserCreated(String userId, long atMillis) implements OnUser {}

    /// A device is known for the first time.
    record DeviceAdded(String userId, String deviceId, String platform, long atMillis) implements OnUser {}

    /// A known device came back: after its revocation, or as another platform.
    record DeviceRenewed(String userId, String deviceId, String platform, long generation) implements OnUser {}

    record DeviceRevoked(String userId, String deviceId) implements OnUser {}

    record SettingsChanged(String userId, AccountSettings settings) implements OnUser {}

    record PushTargetSet(String userId, String deviceId, PushTarget target) implements OnUser {}

    record PushTargetRemoved(String userId, String deviceId, String provider) implements OnUser {}

    record PushNoted(Pushed pushed, long atMillis) implements OnUser {
        @Override
        public String userId() {
            return pushed.userId();
        }
    }

    record MembershipNoted(String userId, String conversationId, long membershipSeq, boolean member, long atMillis)
            implements OnUser {}

    /// A conversation of the user's list has come farther.
    record ActivityNoted(Activity activity) implements OnUser {
        @Override
        public String userId() {
            return activity.userId();
        }
    }

    record BlockNoted(String userId, String blockedId, boolean blocked) implements OnUser {}

    /// A dead letter is written, anew or over the one that has the number.
    record DeadLetterPut(DeadLetter.Numbered numbered) implements Housekeeping {}

    /// A dead letter is forgotten.
    ///
    /// @param overflow whether only because there are too many
    record DeadLetterRemoved(long number, boolean overflow) implements Housekeeping {}

    /// A dead letter is forgotten, and its work is to be done after all.
    record DeadLetterRetried(long number, DeadLetter.Content content) implements Housekeeping {}

    /// The deliveries up to this number are noted in the users' lists and need not be kept for that.
    record OutboxCheckpointAdvanced(long throughNumber) implements Housekeeping {}

    /// The deliveries up to this number need no push any more.
    record PushCheckpointAdvanced(long throughNumber) implements Housekeeping {}

    /// The changes up to this number are noted in the users' lists and need not be kept.
    record MembershipCheckpointAdvanced(long throughNumber) implements Housekeeping {}
}
