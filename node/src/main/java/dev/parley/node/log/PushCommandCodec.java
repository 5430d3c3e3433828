package dev.parley.node.log;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.PushTarget;
import dev.parley.node.log.proto.NotePushesEntry;
import dev.parley.node.log.proto.PushedEntry;
import dev.parley.node.log.proto.RemovePushTargetEntry;
import dev.parley.node.log.proto.SetPushTargetEntry;
import java.util.Optional;

/// The commands about pushes, to entries and back.
final class PushCommandCodec {

    static SetPushTargetEntry entry(ChatCommand.SetPushTarget set) {
        SetPushTargetEntry.Builder entry = SetPushTargetEntry.newBuilder()
                .setUserId(set.userId())
                .setDeviceId(set.deviceId())
                .setProvider(set.target().provider())
                .setToken(set.target().token());
        set.target().keys().ifPresent(keys -> entry.setP256Dh(keys.p256dh()).setAuth(keys.auth()));
        return entry.build();
    }

    static ChatCommand command(SetPushTargetEntry entry) {
        Optional<PushTarget.Keys> keys = entry.getP256Dh().isEmpty()
                ? Optional.empty()
                : Optional.of(new PushTarget.Keys(entry.getP256Dh(), entry.getAuth()));
        return new ChatCommand.SetPushTarget(
                entry.getUserId(), entry.getDeviceId(), new PushTarget(entry.getProvider(), entry.getToken(), keys));
    }

    static RemovePushTargetEntry entry(ChatCommand.RemovePushTarget remove) {
        RemovePushTargetEntry.Builder entry = RemovePushTargetEntry.newBuilder()
                .setUserId(remove.userId())
                .setDeviceId(remove.deviceId())
                .setProvider(remove.provider());
        remove.token().ifPresent(entry::setToken);
        return entry.build();
    }

    static ChatCommand command(RemovePushTargetEntry entry) {
        return new ChatCommand.RemovePushTarget(
                entry.getUserId(),
                entry.getDeviceId(),
                entry.getProvider(),
                entry.hasToken() ? Optional.of(entry.getToken()) : Optional.empty());
    }

    static NotePushesEntry entry(ChatCommand.NotePushes note) {
        NotePushesEntry.Builder entry =
                NotePushesEntry.newBuilder().setPartition(note.partition()).setThroughNumber(note.throughNumber());
        for (ChatCommand.Pushed pushed : note.pushes()) {
            entry.addPushes(PushedEntry.newBuilder()
                    .setUserId(pushed.userId())
                    .setConversationId(pushed.conversationId())
                    .setProvider(pushed.provider())
                    .setSeq(pushed.seq())
                    .setOutcome(pushed.outcome()));
        }
        return entry.build();
    }

    static ChatCommand command(NotePushesEntry entry) {
        return new ChatCommand.NotePushes(
                entry.getPartition(),
                entry.getThroughNumber(),
                entry.getPushesList().stream()
                        .map(pushed -> new ChatCommand.Pushed(
                                pushed.getUserId(),
                                pushed.getConversationId(),
                                pushed.getProvider(),
                                pushed.getSeq(),
                                pushed.getOutcome()))
                        .toList());
    }

    private PushCommandCodec() {}
}
