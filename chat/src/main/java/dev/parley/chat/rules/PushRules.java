package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand.NotePushes;
import dev.parley.chat.ChatCommand.Pushed;
import dev.parley.chat.ChatCommand.RemovePushTarget;
import dev.parley.chat.ChatCommand.SetPushTarget;
import dev.parley.chat.PushTarget;
import dev.parley.chat.Refusal;
import dev.parley.chat.view.AccountView;
import dev.parley.chat.view.ChatView;
import dev.parley.chat.view.Device;
import dev.parley.chat.view.DeviceTarget;
import dev.parley.chat.view.OutboxProgress;
import dev.parley.chat.view.PushState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where pushes go, and what became of them.
final class PushRules {

    /// An app that was installed anew is another device with the same token, which would be pushed twice: the
    /// newest
    /// registration has it.
    static Decision set(AccountView view, SetPushTarget set) {
        Optional<Device> device = view.device(set.userId(), set.deviceId());
        if (device.isEmpty() || device.get().revoked()) {
            return Decision.refused(
                    Refusal.DEVICE_UNKNOWN, "%s has no device %s".formatted(set.userId(), set.deviceId()));
        }
        List<ChatEvent> events = new ArrayList<>();
        boolean known = false;
        for (DeviceTarget each : view.pushTargets(set.userId())) {
            if (each.deviceId().equals(set.deviceId())) {
                known |= each.target().equals(set.target());
            } else if (each.target().provider().equals(set.target().provider())
                    && each.target().token().equals(set.target().token())) {
                events.add(new ChatEvent.PushTargetRemoved(
                        set.userId(), each.deviceId(), set.target().provider()));
            }
        }
        if (!known) {
            events.add(new ChatEvent.PushTargetSet(set.userId(), set.deviceId(), set.target()));
        }
        return new Decision.Accepted(events, new ChatAnswer.Done());
    }

    static Decision remove(AccountView view, RemovePushTarget remove) {
        boolean there = target(view, remove.userId(), remove.deviceId(), remove.provider())
                .filter(target ->
                        remove.token().isEmpty() || remove.token().get().equals(target.token()))
                .isPresent();
        return there
                ? Decision.accepted(
                        new ChatAnswer.Done(),
                        new ChatEvent.PushTargetRemoved(remove.userId(), remove.deviceId(), remove.provider()))
                : Decision.accepted(new ChatAnswer.Done());
    }

    static Decision note(ChatView view, NotePushes note, CommandStamp stamp) {
        OutboxProgress progress = view.pushProgress();
        if (note.throughNumber() > progress.last()) {
            return Decision.refused(
                    Refusal.INVALID_FIELD,
                    "throughNumber must not be past the last delivery: %d, the last is %d"
                            .formatted(note.throughNumber(), progress.last()));
        }
        List<ChatEvent> events = new ArrayList<>();
        for (Pushed pushed : note.pushes()) {
            if (isNews(view, pushed)) {
                events.add(new ChatEvent.PushNoted(pushed, stamp.epochMillis()));
            }
        }
        if (note.throughNumber() > progress.notedThrough()) {
            events.add(new ChatEvent.PushCheckpointAdvanced(note.throughNumber()));
        }
        return new Decision.Accepted(events, new ChatAnswer.Done());
    }

    private static boolean isNews(AccountView view, Pushed pushed) {
        Optional<PushState> known = view.pushed(pushed.userId(), pushed.conversationId(), pushed.provider());
        return pushed.seq() == 0
                ? known.isPresent()
                : known.isEmpty() || pushed.seq() > known.get().seq();
    }

    private static Optional<PushTarget> target(AccountView view, String userId, String deviceId, String provider) {
        return view.pushTargets(userId).stream()
                .filter(each -> each.deviceId().equals(deviceId))
                .map(DeviceTarget::target)
                .filter(target -> target.provider().equals(provider))
                .findFirst();
    }

    private PushRules() {}
}
