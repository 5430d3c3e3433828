package dev.parley.node.tables;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.AccountSettings.PresenceVisibility;
import dev.parley.chat.AccountSettings.QuietHours;
import dev.parley.node.tables.proto.QuietHoursValue;
import dev.parley.node.tables.proto.SettingsValue;
import dev.parley.node.tables.proto.VisibilityValue;
import java.util.Optional;

/// The settings in an account's row.
final class SettingsRows {

    static SettingsValue value(AccountSettings settings) {
        SettingsValue.Builder value = SettingsValue.newBuilder()
                .setPresenceVisibility(
                        switch (settings.presenceVisibility()) {
                            case EVERYONE -> VisibilityValue.VISIBILITY_VALUE_EVERYONE;
                            case CONTACTS -> VisibilityValue.VISIBILITY_VALUE_CONTACTS;
                            case NOBODY -> VisibilityValue.VISIBILITY_VALUE_NOBODY;
                        })
                .setReadReceipts(settings.readReceipts())
                .setPushPreview(settings.pushPreview());
        settings.quietHours()
                .ifPresent(hours -> value.setQuietHours(QuietHoursValue.newBuilder()
                        .setStartMinute(hours.startMinute())
                        .setEndMinute(hours.endMinute())
                        .setZone(hours.zone())));
        return value.build();
    }

    static AccountSettings settings(SettingsValue value) {
        PresenceVisibility visibility = switch (value.getPresenceVisibility()) {
            case VISIBILITY_VALUE_EVERYONE -> PresenceVisibility.EVERYONE;
            case VISIBILITY_VALUE_CONTACTS -> PresenceVisibility.CONTACTS;
            case VISIBILITY_VALUE_NOBODY -> PresenceVisibility.NOBODY;
            case VISIBILITY_VALUE_UNSPECIFIED, UNRECOGNIZED ->
                throw Rows.unknown("visibility", value.getPresenceVisibility());
        };
        QuietHoursValue hours = value.getQuietHours();
        return new AccountSettings(
                visibility,
                value.getReadReceipts(),
                value.getPushPreview(),
                value.hasQuietHours()
                        ? Optional.of(new QuietHours(hours.getStartMinute(), hours.getEndMinute(), hours.getZone()))
                        : Optional.empty());
    }

    private SettingsRows() {}
}
