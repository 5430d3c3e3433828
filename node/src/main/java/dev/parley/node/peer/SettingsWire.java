package dev.parley.node.peer;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.AccountSettings.PresenceVisibility;
import dev.parley.node.peer.wire.QuietHours;
import dev.parley.node.peer.wire.Settings;
import java.util.Optional;

/// The settings of an account, to the messages of `peer.proto` and back.
final class SettingsWire {

    static Settings wire(AccountSettings settings) {
        Settings.Builder wire = Settings.newBuilder()
                .setPresenceVisibility(settings.presenceVisibility().name())
                .setReadReceipts(settings.readReceipts())
                .setPushPreview(settings.pushPreview());
        settings.quietHours()
                .ifPresent(hours -> wire.setQuietHours(QuietHours.newBuilder()
                        .setStartMinute(hours.startMinute())
                        .setEndMinute(hours.endMinute())
                        .setZone(hours.zone())));
        return wire.build();
    }

    static AccountSettings settings(Settings wire) {
        QuietHours hours = wire.getQuietHours();
        return new AccountSettings(
                PresenceVisibility.valueOf(wire.getPresenceVisibility()),
                wire.getReadReceipts(),
                wire.getPushPreview(),
                wire.hasQuietHours()
                        ? Optional.of(new AccountSettings.QuietHours(
                                hours.getStartMinute(), hours.getEndMinute(), hours.getZone()))
                        : Optional.empty());
    }

    private SettingsWire() {}
}
