package dev.parley.chat;

import java.util.Optional;

/// What a user has chosen about the account, the same on all devices.
///
/// @param presenceVisibility who may see whether the user is online
/// @param readReceipts whether others are told how far the user has read
/// @param pushPreview whether a push may carry the beginning of the message
/// @param quietHours when no push shall disturb
public record AccountSettings(
        PresenceVisibility presenceVisibility,
        boolean readReceipts,
        boolean pushPreview,
        Optional<QuietHours> quietHours) {

    /// Of a user who has chosen nothing.
    public static final AccountSettings DEFAULT =
            new AccountSettings(PresenceVisibility.CONTACTS, true, true, Optional.empty());

    public enum PresenceVisibility {
        EVERYONE,
        CONTACTS,
        NOBODY
    }

    /// A span of every day, over midnight if its end is before its start.
    ///
    /// @param startMinute of the day, from 0 to 1,439; part of the span
    /// @param endMinute of the day, other than the start; no longer part of the span
    /// @param zone a time zone of the IANA, such as `Europe/Berlin`
    public record QuietHours(int startMinute, int endMinute, String zone) {}

    /// Some settings to change and all others to leave as they are, so that two devices which change different ones do
    /// not undo each other.
    ///
    /// @param quietHours the new ones
    /// @param noQuietHours whether there shall be none; `quietHours` is empty then
    public record Patch(
            Optional<PresenceVisibility> presenceVisibility,
            Optional<Boolean> readReceipts,
            Optional<Boolean> pushPreview,
            Optional<QuietHours> quietHours,
            boolean noQuietHours) {

        /// A patch that changes nothing.
        public static final Patch NOTHING =
                new Patch(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    /// The settings after a patch.
    public AccountSettings patched(Patch patch) {
        return new AccountSettings(
                patch.presenceVisibility().orElse(presenceVisibility),
                patch.readReceipts().orElse(readReceipts),
                patch.pushPreview().orElse(pushPreview),
                patch.noQuietHours() ? Optional.empty() : patch.quietHours().or(() -> quietHours));
    }
}
