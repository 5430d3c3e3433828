package dev.parley.node.edge.rest;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.AccountSettings.PresenceVisibility;
import dev.parley.chat.AccountSettings.QuietHours;
import dev.parley.chat.ChatAnswer.Done;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.node.presence.Presence;
import dev.parley.node.session.ReadReceipts;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.time.LocalTime;
import java.util.Locale;

/// The caller's own settings.
final class SettingsCalls {
    private static final String SETTINGS = "/v1/me/settings";

    private final Chat chat;
    private final Callers callers;
    private final Presence presence;
    private final ReadReceipts receipts;

    SettingsCalls(Chat chat, Callers callers, Presence presence, ReadReceipts receipts) {
        this.chat = chat;
        this.callers = callers;
        this.presence = presence;
        this.receipts = receipts;
    }

    void addTo(Routes routes) {
        routes.on("GET", SETTINGS, this::read).on("PATCH", SETTINGS, this::patch);
    }

    private Reply read(Call call) {
        return Reply.ok(settings(callers.session(call).userId()));
    }

    private Reply patch(Call call) {
        String userId = callers.session(call).userId();
        Rest.SettingsPatch patch = RestJson.decodeSettingsPatch(call.body());
        chat.submit(new ChatCommand.SetSettings(userId, patch(patch)), Done.class);
        presence.rulesChanged(userId);
        receipts.changed(userId);
        return Reply.ok(Chat.afterCommit(() -> settings(userId)));
    }

    private Rest.Settings settings(String userId) {
        AccountSettings settings =
                chat.ask(new ChatQuery.Account(userId), AccountState.class).settings();
        return new Rest.Settings(
                settings.presenceVisibility().name().toLowerCase(Locale.ROOT),
                settings.readReceipts(),
                settings.pushPreview(),
                settings.quietHours()
                        .map(hours ->
                                new Rest.QuietHours(time(hours.startMinute()), time(hours.endMinute()), hours.zone())));
    }

    private static AccountSettings.Patch patch(Rest.SettingsPatch patch) {
        return new AccountSettings.Patch(
                patch.presenceVisibility().map(name -> PresenceVisibility.valueOf(name.toUpperCase(Locale.ROOT))),
                patch.readReceipts(),
                patch.pushPreview(),
                patch.quietHours()
                        .flatMap(Rest.QuietHoursChange::hours)
                        .map(hours -> new QuietHours(minute(hours.start()), minute(hours.end()), hours.zone())),
                patch.quietHours().filter(change -> change.hours().isEmpty()).isPresent());
    }

    private static LocalTime time(int minuteOfDay) {
        return LocalTime.of(minuteOfDay / 60, minuteOfDay % 60);
    }

    private static int minute(LocalTime time) {
        return time.getHour() * 60 + time.getMinute();
    }
}
