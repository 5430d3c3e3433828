package dev.parley.chat.view;

/// What a user's list says about a conversation.
///
/// @param membershipSeq the record that said so, 0 for a direct conversation; [#UNHEARD] if none did yet
/// @param member whether the user is in it; a conversation that was left stays, so that an older note cannot undo it
/// @param progress how far the list knows the conversation has come
public record ListedConversation(long membershipSeq, boolean member, Progress progress) {

    /// Older than every record, and than the opening of a direct conversation.
    public static final long UNHEARD = -1;

    /// Of a conversation that the list has not heard of.
    public static final ListedConversation NONE = new ListedConversation(UNHEARD, false, new Progress(0, 0, 0));

    /// How far a conversation has come; none of it ever falls.
    ///
    /// @param headSeq the newest record
    /// @param readSeq how far the user has read
    /// @param activityMillis stamp of the newest record
    public record Progress(long headSeq, long readSeq, long activityMillis) {

        /// The farther of both, in each respect.
        public Progress max(Progress other) {
            return new Progress(
                    Math.max(headSeq, other.headSeq),
                    Math.max(readSeq, other.readSeq),
                    Math.max(activityMillis, other.activityMillis));
        }
    }

    /// The same with another word about membership.
    public ListedConversation withMembership(long seq, boolean isMember) {
        return new ListedConversation(seq, isMember, progress);
    }

    /// The same, as far as either has come.
    public ListedConversation advanced(Progress other) {
        return new ListedConversation(membershipSeq, member, progress.max(other));
    }
}
