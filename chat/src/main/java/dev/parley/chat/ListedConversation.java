package dev.parley.chat;

import java.util.Optional;

/// What a user's list says about a conversation.
///
/// @param membershipSeq the record that said so, 0 for a direct conversation; [#UNHEARD] if none did yet
/// @param member whether the user is in it; a conversation that was left stays, so that an older note
///     cannot undo it
/// @param progress how far the list knows the conversation has come
/// @param mute whether the user wants no pushes of it
public record ListedConversation(long membershipSeq, boolean member, Progress progress, Mute mute) {

    /// Older than every record, and than the opening of a direct conversation.
    public static final long UNHEARD = -1;

    /// Of a conversation that the list has not heard of.
    public static final ListedConversation NONE =
            new ListedConversation(UNHEARD, false, Progress.NONE, new Mute(false, 0));

    /// How far a conversation has come; none of it ever falls.
    ///
    /// @param headSeq the newest record
    /// @param headOrdinal visible messages up to it
    /// @param readSeq how far the user has read
    /// @param readOrdinal visible messages up to there
    /// @param activityMillis stamp of the newest record
    /// @param mentionSeq the newest message that mentions the user; 0 if none does
    public record Progress(
            long headSeq, long headOrdinal, long readSeq, long readOrdinal, long activityMillis, long mentionSeq) {

        public static final Progress NONE = new Progress(0, 0, 0, 0, 0, 0);

        /// The farther of both, in each respect.
        public Progress max(Progress other) {
            return new Progress(
                    Math.max(headSeq, other.headSeq),
                    Math.max(headOrdinal, other.headOrdinal),
                    Math.max(readSeq, other.readSeq),
                    Math.max(readOrdinal, other.readOrdinal),
                    Math.max(activityMillis, other.activityMillis),
                    Math.max(mentionSeq, other.mentionSeq));
        }
    }

    /// A choice of the user.
    ///
    /// @param deliveryNumber of the delivery that told of it: an older one never overrides a newer one
    public record Mute(boolean muted, long deliveryNumber) {

        /// What holds after another note.
        public Mute after(Optional<Boolean> noted, long number) {
            return noted.isPresent() && number > deliveryNumber ? new Mute(noted.get(), number) : this;
        }
    }

    /// Visible messages of the conversation that the user has not read; own ones are read by being sent.
    public long unread() {
        return member ? Math.max(0, progress.headOrdinal() - progress.readOrdinal()) : 0;
    }

    /// Whether a message that the user has not read mentions the user.
    public boolean mentioned() {
        return member && progress.mentionSeq() > progress.readSeq();
    }

    /// Whether more changed than how far it has come: the membership, muting, or a mention; or less is unread
    /// although
    /// there is more, as when who joins again hears of the membership before hearing where that begins.
    public boolean differsNotably(ListedConversation before) {
        boolean newlyMentioned = mentioned() && progress.mentionSeq() > before.progress.mentionSeq();
        boolean lessOfMore = unread() < before.unread() && progress.headSeq() > before.progress.headSeq();
        return member != before.member || mute.muted() != before.mute.muted() || newlyMentioned || lessOfMore;
    }

    /// The same with another word about membership.
    ///
    /// @param atMillis when it was noted: the place in the list of a conversation in which nothing was said yet
    public ListedConversation withMembership(long seq, boolean isMember, long atMillis) {
        long activityMillis = progress.activityMillis() == 0 ? atMillis : progress.activityMillis();
        return new ListedConversation(seq, isMember, progress.max(new Progress(0, 0, 0, 0, activityMillis, 0)), mute);
    }

    /// The same, as far as either has come.
    public ListedConversation advanced(Progress other) {
        return new ListedConversation(membershipSeq, member, progress.max(other), mute);
    }

    public ListedConversation withMute(Mute other) {
        return new ListedConversation(membershipSeq, member, progress, other);
    }
}
