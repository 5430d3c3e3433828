package dev.parley.node.push.lane;

import dev.parley.chat.AccountSettings.QuietHours;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;

/// Whether a user wants not to be disturbed.
final class Quiet {
    private static final int MINUTES_PER_HOUR = 60;

    /// Whether a moment lies in the quiet hours; false in a zone that this JVM does not know (any more).
    static boolean at(QuietHours hours, Instant now) {
        LocalTime time;
        try {
            time = now.atZone(ZoneId.of(hours.zone())).toLocalTime();
        } catch (DateTimeException _) {
            return false;
        }
        int minute = time.getHour() * MINUTES_PER_HOUR + time.getMinute();
        return hours.startMinute() < hours.endMinute()
                ? minute >= hours.startMinute() && minute < hours.endMinute()
                : minute >= hours.startMinute() || minute < hours.endMinute();
    }

    private Quiet() {}
}
