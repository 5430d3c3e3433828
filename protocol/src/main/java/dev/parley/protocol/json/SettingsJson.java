package dev.parley.protocol.json;

import static dev.parley.protocol.json.JsonWriting.string;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.parley.protocol.Rest;
import dev.parley.protocol.Rest.QuietHours;
import dev.parley.protocol.Rest.QuietHoursChange;
import java.io.IOException;
import java.time.ZoneId;
import java.util.Optional;

/// The fields of settings. A patch is a JSON merge patch (RFC 7396), except that only `quietHours` can be removed: for
/// all others `null` means "not given", as it does everywhere.
final class SettingsJson {

    static void write(Rest.Settings settings, JsonGenerator out) throws IOException {
        string(out, "presenceVisibility", settings.presenceVisibility());
        out.writeBooleanField("readReceipts", settings.readReceipts());
        out.writeBooleanField("pushPreview", settings.pushPreview());
        writeQuietHours(settings.quietHours(), out);
    }

    static void write(Rest.SettingsPatch patch, JsonGenerator out) throws IOException {
        JsonWriting.optional(out, "presenceVisibility", patch.presenceVisibility());
        if (patch.readReceipts().isPresent()) {
            out.writeBooleanField("readReceipts", patch.readReceipts().get());
        }
        if (patch.pushPreview().isPresent()) {
            out.writeBooleanField("pushPreview", patch.pushPreview().get());
        }
        if (patch.quietHours().isPresent()) {
            if (patch.quietHours().get().hours().isEmpty()) {
                out.writeNullField("quietHours");
            }
            writeQuietHours(patch.quietHours().get().hours(), out);
        }
    }

    static Rest.Settings read(Fields in) {
        return new Rest.Settings(
                in.oneOf("presenceVisibility", Rest.VISIBILITIES),
                in.bool("readReceipts"),
                in.bool("pushPreview"),
                in.optionalObject("quietHours", SettingsJson::readQuietHours));
    }

    static Rest.SettingsPatch readPatch(Fields in) {
        return new Rest.SettingsPatch(
                in.has("presenceVisibility")
                        ? Optional.of(in.oneOf("presenceVisibility", Rest.VISIBILITIES))
                        : Optional.empty(),
                in.has("readReceipts") ? Optional.of(in.bool("readReceipts")) : Optional.empty(),
                in.has("pushPreview") ? Optional.of(in.bool("pushPreview")) : Optional.empty(),
                in.isNull("quietHours")
                        ? Optional.of(new QuietHoursChange(Optional.empty()))
                        : in.optionalObject("quietHours", SettingsJson::readNewQuietHours)
                                .map(hours -> new QuietHoursChange(Optional.of(hours))));
    }

    private static QuietHours readNewQuietHours(Fields in) {
        QuietHours hours = readQuietHours(in);
        if (in.has("start") && in.has("end") && hours.start().equals(hours.end())) {
            in.fault("end", "must not be the start");
        }
        if (in.has("zone") && !ZoneId.getAvailableZoneIds().contains(hours.zone())) {
            in.fault("zone", "must be a time zone of the IANA such as Europe/Berlin");
        }
        return hours;
    }

    private static QuietHours readQuietHours(Fields in) {
        return new QuietHours(in.timeOfDay("start"), in.timeOfDay("end"), in.string("zone"));
    }

    private static void writeQuietHours(Optional<QuietHours> quietHours, JsonGenerator out) throws IOException {
        if (quietHours.isPresent()) {
            QuietHours hours = quietHours.get();
            out.writeObjectFieldStart("quietHours");
            string(out, "start", hours.start().toString());
            string(out, "end", hours.end().toString());
            string(out, "zone", hours.zone());
            out.writeEndObject();
        }
    }

    private SettingsJson() {}
}
