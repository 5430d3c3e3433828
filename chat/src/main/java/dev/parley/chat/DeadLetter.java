package dev.parley.chat;

import dev.parley.chat.ChatCommand.Activity;

/// Work of the outbox that could not be done however often it was tried. It is set aside with the reason, so
/// that what
/// comes after it goes on; an operator retries it or drops it.
///
/// @param reason why the last try failed; cut where it is too long to keep
/// @param tries how often it was tried
/// @param atMillis when it was given up
public record DeadLetter(Content content, String reason, int tries, long atMillis) {

    public DeadLetter {
        reason = printable(reason);
    }

    /// What was to be done.
    public sealed interface Content {

        /// Tells whether two letters are about the same work.
        Fingerprint identity();
    }

    /// A user's list should have been told what happened in a conversation. Later notes of the same add to it:
    /// one
    /// letter for each user and conversation.
    public record ListNote(Activity activity) implements Content {
        @Override
        public Fingerprint identity() {
            return Fingerprint.of("dead letter", "list", activity.userId(), activity.conversationId());
        }
    }

    /// A device should have been pushed a message.
    ///
    /// @param provider the name of the push provider
    public record Push(String userId, String conversationId, String deviceId, String provider, long seq)
            implements Content {
        @Override
        public Fingerprint identity() {
            return Fingerprint.of(
                    "dead letter", "push", userId, conversationId, deviceId, provider, Long.toString(seq));
        }
    }

    /// A letter with its place among those of its partition.
    ///
    /// @param number unique in the partition; a later letter has a higher one
    public record Numbered(long number, DeadLetter letter) {}

    /// The letters of a partition.
    ///
    /// @param last number of the newest that there ever was; 0 if there was none
    /// @param kept how many there are
    /// @param dropped how many were dropped because there were too many
    public record Counts(long last, long kept, long dropped) {

        /// Of a partition that had none.
        public static final Counts NONE = new Counts(0, 0, 0);
    }

    /// On one line, of bounded length, and without half of a surrogate pair: reasons come from anywhere.
    private static String printable(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(ChatLimits.DEAD_LETTER_REASON_MAX).forEach(unit -> {
            boolean half = unit >= Character.MIN_SURROGATE && unit <= Character.MAX_SURROGATE;
            line.appendCodePoint(half || Character.isISOControl(unit) ? ' ' : unit);
        });
        return line.toString();
    }
}
