package dev.parley.chat;

import java.util.List;
import java.util.Optional;

/// What a query found.
public sealed interface QueryAnswer {

    /// Records, oldest first.
    ///
    /// @param throughSeq where the page ends: reading on after it leaves nothing out. Without records it is
    ///     where
    ///     they would be, and never past the head, wherever the caller asked
    /// @param more whether there are further records in the direction that was asked
    record Page(List<ConversationRecord> records, long throughSeq, boolean more) implements QueryAnswer {
        public Page {
            records = List.copyOf(records);
        }
    }

    record MemberList(List<MemberState> members) implements QueryAnswer {
        public MemberList {
            members = List.copyOf(members);
        }
    }

    record SummaryList(List<Summary> summaries) implements QueryAnswer {
        public SummaryList {
            summaries = List.copyOf(summaries);
        }
    }

    /// A user's account.
    ///
    /// @param exists false when there is no such account; all else is empty then, the settings the default ones
    record AccountState(
            boolean exists,
            long createdAtMillis,
            long inboxVersion,
            List<DeviceState> devices,
            List<String> blockedUserIds,
            List<String> conversationIds,
            AccountSettings settings)
            implements QueryAnswer {
        public AccountState {
            devices = List.copyOf(devices);
            blockedUserIds = List.copyOf(blockedUserIds);
            conversationIds = List.copyOf(conversationIds);
        }
    }

    /// Changes of a user's list, the earliest first; a conversation is named once, however often it changed.
    ///
    /// @param resumed false when the version is unknown or too old: then nothing is told, and all must be
    ///     read anew
    /// @param throughVersion what is told reaches up to this version of the list
    /// @param inboxVersion of the list now
    record InboxNews(boolean resumed, List<Changed> changed, long throughVersion, long inboxVersion)
            implements QueryAnswer {
        public InboxNews {
            changed = List.copyOf(changed);
        }
    }

    /// One conversation that changed.
    ///
    /// @param fromSeq the head when it first changed: records after it are news
    /// @param listed what the list says of it now
    record Changed(String conversationId, long fromSeq, ListedConversation listed) {}

    /// A page of a user's list.
    ///
    /// @param more whether there are conversations after the page
    /// @param unread messages that the user has not read, in all conversations together
    record InboxListing(List<InboxEntry> entries, boolean more, long unread, long inboxVersion) implements QueryAnswer {
        public InboxListing {
            entries = List.copyOf(entries);
        }
    }

    /// Dead letters of a partition, in order.
    ///
    /// @param more whether there are further ones
    /// @param counts of all of the partition
    record DeadLetterPage(List<DeadLetter.Numbered> letters, boolean more, DeadLetter.Counts counts)
            implements QueryAnswer {
        public DeadLetterPage {
            letters = List.copyOf(letters);
        }
    }

    /// What became of a record.
    ///
    /// @param found empty if the conversation has no such record
    /// @param headSeq of the conversation
    record MessageTraced(Optional<TracedRecord> found, long headSeq) implements QueryAnswer {}

    /// A record without its text.
    ///
    /// @param place in the log; empty for a record of a release that did not keep it
    /// @param pending deliveries of the partition that the lists of users do not know of yet
    /// @param members those of now, with their true positions and all devices that are kept
    /// @param letters dead letters of notes to the lists of members about the conversation
    record TracedRecord(
            long seq,
            String messageId,
            String senderId,
            long createdAtMillis,
            Optional<LogPlace> place,
            long pending,
            List<MemberState> members,
            List<DeadLetter.Numbered> letters) {
        public TracedRecord {
            members = List.copyOf(members);
            letters = List.copyOf(letters);
        }
    }

    /// What a user's partition knows of a conversation.
    ///
    /// @param listedSeq the newest record that the user's list knows of; 0 if it knows none
    /// @param pushes by provider; none where all was read since, which takes a push back
    /// @param letters dead letters of pushes of the record
    record UserTraced(long listedSeq, List<TracedPush> pushes, List<DeadLetter.Numbered> letters)
            implements QueryAnswer {
        public UserTraced {
            pushes = List.copyOf(pushes);
            letters = List.copyOf(letters);
        }
    }

    /// The last push of one provider to a user about a conversation.
    ///
    /// @param seq the newest record that was pushed
    /// @param outcome the provider's answer in a few words
    record TracedPush(String provider, long seq, long atMillis, String outcome) {}

    record Refused(Refusal refusal, String detail) implements QueryAnswer {}

    /// A member as the caller may see it.
    ///
    /// @param readSeq how far it has read; of others only what they let be known
    /// @param devices how far the caller's own devices have received, by id; empty for others
    record MemberState(
            String userId, Role role, long joinedSeq, long readSeq, long deliveredSeq, List<DevicePosition> devices) {
        public MemberState {
            devices = List.copyOf(devices);
        }

        public MemberState(String userId, Role role, long joinedSeq, long readSeq, long deliveredSeq) {
            this(userId, role, joinedSeq, readSeq, deliveredSeq, List.of());
        }
    }

    /// One conversation as one member sees it in a list.
    ///
    /// @param otherId the other side of a direct conversation
    /// @param unread visible messages by others after the read position
    /// @param lastActivityMillis stamp of the newest visible record
    record Summary(
            String conversationId,
            ConversationKind kind,
            Optional<String> title,
            Optional<String> otherId,
            long headSeq,
            long unread,
            Optional<ConversationRecord> lastMessage,
            long readSeq,
            boolean muted,
            long lastActivityMillis) {}

    record DeviceState(String deviceId, String platform, long generation, long createdAtMillis, boolean revoked) {}
}
