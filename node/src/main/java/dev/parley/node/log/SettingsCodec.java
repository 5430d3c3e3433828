package dev.parley.node.log;

import dev.parley.chat.AccountSettings.Patch;
import dev.parley.chat.AccountSettings.PresenceVisibility;
import dev.parley.chat.AccountSettings.QuietHours;
import dev.parley.chat.ChatCommand.SetSettings;
import dev.parley.node.log.proto.QuietHoursEntry;
import dev.parley.node.log.proto.SetSettingsEntry;
import dev.parley.node.log.proto.VisibilityEntry;
import java.util.Optional;

/// The entry of [SetSettings].
final class SettingsCodec {

    static SetSettingsEntry entry(SetSettings set) {
        Patch patch = set.patch();
        SetSettingsEntry.Builder entry =
                SetSettingsEntry.newBuilder().setUserId(set.userId()).setNoQuietHours(patch.noQuietHours());
        patch.presenceVisibility().map(SettingsCodec::entry).ifPresent(entry::setPresenceVisibility);
        patch.readReceipts().ifPresent(entry::setReadReceipts);
        patch.pushPreview().ifPresent(entry::setPushPreview);
        patch.quietHours().map(SettingsCodec::entry).ifPresent(entry::setQuietHours);
        return entry.build();
    }

    static SetSettings command(SetSettingsEntry entry) {
        return new SetSettings(
                entry.getUserId(),
                new Patch(
                        visibility(entry.getPresenceVisibility()),
                        entry.hasReadReceipts() ? Optional.of(entry.getReadReceipts()) : Optional.empty(),
                        entry.hasPushPreview() ? Optional.of(entry.getPushPreview()) : Optional.empty(),
                        entry.hasQuietHours() ? Optional.of(hours(entry.getQuietHours())) : Optional.empty(),
                        entry.getNoQuietHours()));
    }

    private static QuietHoursEntry entry(QuietHours hours) {
        return QuietHoursEntry.newBuilder()
                .setStartMinute(hours.startMinute())
                .setEndMinute(hours.endMinute())
                .setZone(CommandCodec.wellFormed(hours.zone()))
                .build();
    }

    private static QuietHours hours(QuietHoursEntry entry) {
        return new QuietHours(entry.getStartMinute(), entry.getEndMinute(), entry.getZone());
    }

    private static VisibilityEntry entry(PresenceVisibility visibility) {
        return switch (visibility) {
            case EVERYONE -> VisibilityEntry.VISIBILITY_ENTRY_EVERYONE;
            case CONTACTS -> VisibilityEntry.VISIBILITY_ENTRY_CONTACTS;
            case NOBODY -> VisibilityEntry.VISIBILITY_ENTRY_NOBODY;
        };
    }

    private static Optional<PresenceVisibility> visibility(VisibilityEntry entry) {
        return switch (entry) {
            case VISIBILITY_ENTRY_UNSPECIFIED -> Optional.empty();
            case VISIBILITY_ENTRY_EVERYONE -> Optional.of(PresenceVisibility.EVERYONE);
            case VISIBILITY_ENTRY_CONTACTS -> Optional.of(PresenceVisibility.CONTACTS);
            case VISIBILITY_ENTRY_NOBODY -> Optional.of(PresenceVisibility.NOBODY);
            case UNRECOGNIZED ->
                throw new UnknownCommandException("expected a known visibility in the log but got " + entry);
        };
    }

    private SettingsCodec() {}
}
