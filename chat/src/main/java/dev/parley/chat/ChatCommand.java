package dev.parley.chat;

import dev.parley.chat.ListedConversation.Progress;
import java.util.List;
import java.util.Optional;

/// What may be asked of the replicated state. A command can be refused: see [Refusal].
///
/// Each command is about one entity, a conversation or a user; the entity's id picks the partition. The Raft
/// log stores
/// these, so each record is a file format: add a new record for a new meaning, never give an old field a new
/// one.
public sealed interface ChatCommand {

    /// The id of the conversation or user that the command is about.
    String entityId();

    /// Commands about a conversation.
    sealed interface OnConversation extends ChatCommand {
        String conversationId();

        @Override
        default String entityId() {
            return conversationId();
        }
    }

    /// Commands about a user.
    sealed interface OnUser extends ChatCommand {
        String userId();

        @Override
        default String entityId() {
            return userId();
        }
    }

    /// Opens the direct conversation of two users; harmless when it exists. The id is [Ids#direct].
    record CreateDirect(String conversationId, String creatorId, String otherId) implements OnConversation {}

    /// Opens a group; the id is [Ids#group] of the creator and the client's own id, so a retry is harmless.
    ///
    /// @param memberIds the others, without the creator
    record CreateGroup(String conversationId, String creatorId, String title, List<String> memberIds)
            implements OnConversation {
        public CreateGroup {
            memberIds = List.copyOf(memberIds);
        }
    }

    /// Posts a text.
    ///
    /// @param senderDeviceId the device that sent it, which need not be told of it again
    /// @param clientMessageId chosen by the client, unique per conversation and sender; makes a retry harmless
    record PostMessage(
            String conversationId, String senderId, String senderDeviceId, String clientMessageId, String text)
            implements OnConversation {}

    /// Adds a member, or changes the role of one.
    record AddMember(String conversationId, String actorId, String memberId, Role role) implements OnConversation {}

    /// Removes a member; the actor leaves when it is the member.
    record RemoveMember(String conversationId, String actorId, String memberId) implements OnConversation {}

    /// Advances how far a member has read.
    ///
    /// @param hidden whether only the reader's own devices are told
    record AdvanceRead(String conversationId, String readerId, long throughSeq, boolean hidden)
            implements OnConversation {

        /// A reading that everybody is told of.
        public AdvanceRead(String conversationId, String readerId, long throughSeq) {
            this(conversationId, readerId, throughSeq, false);
        }
    }

    /// Advances how far a member has received.
    ///
    /// @param deviceId the device that received; empty in entries of old logs, which count for the member only
    record AdvanceDelivered(String conversationId, String receiverId, String deviceId, long throughSeq)
            implements OnConversation {

        /// An advance of which the device is not known.
        public AdvanceDelivered(String conversationId, String receiverId, long throughSeq) {
            this(conversationId, receiverId, "", throughSeq);
        }
    }

    record SetMuted(String conversationId, String memberId, boolean muted) implements OnConversation {}

    /// Blocks or unblocks the other side of a direct conversation, which need not exist yet.
    record SetBlocked(String conversationId, String blockerId, String blockedId, boolean blocked)
            implements OnConversation {}

    /// Makes the user's account if there is none.
    record CreateUser(String userId) implements OnUser {}

    /// Makes the user's account if there is none, and the device known (again, after a revocation).
    record RegisterDevice(String userId, String deviceId, String platform) implements OnUser {}

    record RevokeDevice(String userId, String deviceId) implements OnUser {}

    /// Changes some of the user's settings; the last write of each wins.
    record SetSettings(String userId, AccountSettings.Patch patch) implements OnUser {}

    /// Says where pushes for a device go; takes the place of its former target with that provider.
    record SetPushTarget(String userId, String deviceId, PushTarget target) implements OnUser {}

    /// Pushes for a device no longer go there. Harmless when they do not.
    ///
    /// @param token if given, only a target with this token: a provider said that it is dead
    record RemovePushTarget(String userId, String deviceId, String provider, Optional<String> token)
            implements OnUser {}

    /// Notes what became of pushes, and how far the partition's deliveries are looked at for pushes.
    ///
    /// @param partition of all the users; also the entity
    /// @param throughNumber every delivery up to this number needs no push any more; 0 if this is not about
    ///     that
    record NotePushes(int partition, long throughNumber, List<Pushed> pushes) implements ChatCommand {
        public NotePushes {
            pushes = List.copyOf(pushes);
        }

        @Override
        public String entityId() {
            return "partition:" + partition;
        }
    }

    /// What became of the pushes to a user's devices about a conversation.
    ///
    /// @param seq the newest record that was pushed; 0 if the push was taken back, since the user has read
    ///     it all
    /// @param outcome the provider's answer in a few words
    record Pushed(String userId, String conversationId, String provider, long seq, String outcome) {}

    /// Notes in the user's list that a conversation was joined or left.
    ///
    /// @param membershipSeq the record that says so; an older one never overrides a newer one
    record NoteMembership(String userId, String conversationId, long membershipSeq, boolean member) implements OnUser {}

    /// Notes in the user's list whom the user has blocked.
    record NoteBlocked(String userId, String blockedId, boolean blocked) implements OnUser {}

    /// Notes in the lists of users what happened in their conversations: many users in one entry. Positions
    /// only grow,
    /// so a note that comes twice, late or in another order changes nothing.
    ///
    /// @param partition of all the users; also the entity
    record NoteActivity(int partition, List<Activity> activities) implements ChatCommand {
        public NoteActivity {
            activities = List.copyOf(activities);
        }

        @Override
        public String entityId() {
            return "partition:" + partition;
        }
    }

    /// How far a conversation has come, as one of its members sees it.
    ///
    /// @param progress zero in what this is not about
    /// @param muted whether the member has muted it, if this is about that
    /// @param deliveryNumber of the newest delivery of the conversation's partition that this tells of
    record Activity(
            String userId, String conversationId, Progress progress, Optional<Boolean> muted, long deliveryNumber) {}

    /// Housekeeping of a partition: what was delivered up to this number is noted in the users' lists.
    ///
    /// @param partition the partition's number, which is also its entity
    /// @param throughNumber number of a delivery, dense per partition from 1
    record AdvanceOutboxCheckpoint(int partition, long throughNumber) implements ChatCommand {
        @Override
        public String entityId() {
            return "partition:" + partition;
        }
    }

    /// Commands about the dead letters of a partition, which is also their entity.
    sealed interface OnDeadLetters extends ChatCommand {
        int partition();

        @Override
        default String entityId() {
            return "partition:" + partition();
        }
    }

    /// Sets work of the partition's outbox aside. A letter about the same work is replaced.
    record AddDeadLetter(int partition, DeadLetter letter) implements OnDeadLetters {}

    /// Gives a letter up for good; harmless if it is not there.
    record DropDeadLetter(int partition, long number) implements OnDeadLetters {}

    /// Hands a letter to the outbox again, and forgets it; harmless if it is not there.
    record RetryDeadLetter(int partition, long number) implements OnDeadLetters {}

    /// Housekeeping of a partition: every membership change up to this number is noted in the users' lists.
    ///
    /// @param partition the partition's number, which is also its entity
    /// @param throughNumber number of a membership change, dense per partition from 1
    record AdvanceMembershipCheckpoint(int partition, long throughNumber) implements ChatCommand {
        @Override
        public String entityId() {
            return "partition:" + partition;
        }
    }
}
