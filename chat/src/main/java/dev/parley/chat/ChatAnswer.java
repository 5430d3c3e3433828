package dev.parley.chat;

/// What became of a command, computed at apply and alike on every replica.
public sealed interface ChatAnswer {

    record ConversationOpened(String conversationId, boolean existed) implements ChatAnswer {}

    record MessagePosted(String messageId, long seq, long createdAtMillis, boolean duplicate) implements ChatAnswer {}

    /// The members are now as asked.
    ///
    /// @param seq the record of the change, or the head if nothing had to change
    record MembersChanged(long seq) implements ChatAnswer {}

    /// The position, moved or not.
    ///
    /// @param throughSeq the position now, never lower than before
    record CursorAdvanced(long throughSeq) implements ChatAnswer {}

    /// The device is known and not revoked.
    ///
    /// @param generation session tokens of an older generation of the device are void
    record DeviceRegistered(long generation) implements ChatAnswer {}

    record Done() implements ChatAnswer {}

    /// A rule said no; nothing happened.
    record Refused(Refusal refusal, String detail) implements ChatAnswer {}
}
