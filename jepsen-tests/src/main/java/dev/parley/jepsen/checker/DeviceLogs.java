package dev.parley.jepsen.checker;

import dev.parley.jepsen.checker.Facts.Placed;
import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.History.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// A device that drops and resumes ends with exactly the log. `device` has `[device conversation [[seq message]
/// …]]`: all
/// that the device was shown, in that order.
public final class DeviceLogs implements Checker {

    @Override
    public String name() {
        return "device-sync";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        Map<Long, List<Facts.Read>> drains = facts.drainsByConversation();
        List<Call> shown = facts.calls("device").filter(Call::isOk).toList();
        for (Call call : shown) {
            List<Datum> value = call.value().asList();
            long conversation = value.get(1).asLong();
            List<Placed> records = new ArrayList<>();
            for (Datum record : value.get(2).asList()) {
                Datum message = record.asList().get(1);
                records.add(new Placed(
                        record.asList().getFirst().asLong(),
                        message.isNil() ? OptionalLong.empty() : OptionalLong.of(message.asLong())));
            }
            List<Facts.Read> logs = drains.getOrDefault(conversation, List.of());
            if (logs.isEmpty()) {
                return verdict.unknown("conversation " + conversation + " was not read at the end");
            }
            List<Placed> log = logs.getFirst().records();
            if (!records.equals(log)) {
                verdict.found(call.index(), conversation, difference(value.getFirst(), records, log));
            }
        }
        verdict.count("devices", shown.size());
        return shown.isEmpty()
                ? verdict.unknown("no device was looked at")
                : verdict.verdict(shown.size() + " devices have exactly the log");
    }

    private static String difference(Datum device, List<Placed> shown, List<Placed> log) {
        int same = 0;
        while (same < Math.min(shown.size(), log.size()) && shown.get(same).equals(log.get(same))) {
            same++;
        }
        return "device %s was shown %d records, the log has %d; they differ from the record %d on (shown %s, log %s)"
                .formatted(
                        device.asText(),
                        shown.size(),
                        log.size(),
                        same + 1,
                        same < shown.size() ? shown.get(same) : "nothing",
                        same < log.size() ? log.get(same) : "nothing");
    }
}
