package dev.parley.node.machine;

import dev.parley.chat.rules.ChatEvent;
import dev.parley.chat.rules.InboxRules;
import dev.parley.chat.view.Account;
import dev.parley.chat.view.Device;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.tables.WritableChatTables;
import java.util.ArrayList;
import java.util.List;

/// Writes what happened to users, their devices and lists.
final class UserAppliers {
    /// Of one delivery: about 100 KB.
    private static final int LIST_CHANGES_MAX = 1_000;

    private final WritableChatTables tables;
    private final List<Delivery> deliveries;
    private final List<Delivery.ListChange> listChanges = new ArrayList<>();

    UserAppliers(WritableChatTables tables, List<Delivery> deliveries) {
        this.tables = tables;
        this.deliveries = deliveries;
    }

    void apply(ChatEvent.OnUser event) {
        switch (event) {
            case ChatEvent.UserCreated created ->
                tables.putAccount(Account.created(created.userId(), created.atMillis()));
            case ChatEvent.DeviceAdded added -> deviceAdded(added);
            case ChatEvent.DeviceRenewed renewed -> deviceRenewed(renewed);
            case ChatEvent.DeviceRevoked revoked -> deviceRevoked(revoked);
            case ChatEvent.SettingsChanged changed ->
                tables.putAccount(existing(changed.userId()).withSettings(changed.settings()));
            case ChatEvent.MembershipNoted noted ->
                listChanges.add(tables.changeListed(
                        noted.userId(),
                        noted.conversationId(),
                        0,
                        listed -> listed.withMembership(noted.membershipSeq(), noted.member(), noted.atMillis())));
            case ChatEvent.ActivityNoted(var activity) ->
                listChanges.add(tables.changeListed(
                        activity.userId(),
                        activity.conversationId(),
                        activity.deliveryNumber(),
                        listed -> InboxRules.after(listed, activity)));
            case ChatEvent.PushTargetSet set -> tables.putPushTarget(set.userId(), set.deviceId(), set.target());
            case ChatEvent.PushTargetRemoved removed ->
                tables.removePushTarget(removed.userId(), removed.deviceId(), removed.provider());
            case ChatEvent.PushNoted noted -> tables.putPushed(noted.pushed(), noted.atMillis());
            case ChatEvent.BlockNoted noted -> tables.putUserBlock(noted.userId(), noted.blockedId(), noted.blocked());
        }
    }

    /// The entry ends: what it changed in lists is delivered together.
    void finish() {
        for (int from = 0; from < listChanges.size(); from += LIST_CHANGES_MAX) {
            int to = Math.min(listChanges.size(), from + LIST_CHANGES_MAX);
            deliveries.add(tables.putDelivery(new Delivery.ListsChanged(listChanges.subList(from, to))));
        }
    }

    private void deviceAdded(ChatEvent.DeviceAdded added) {
        tables.putAccount(existing(added.userId()).withDevice());
        tables.putDevice(added.userId(), new Device(added.deviceId(), added.platform(), 1, added.atMillis(), false));
    }

    private void deviceRenewed(ChatEvent.DeviceRenewed renewed) {
        Device known = existing(renewed.userId(), renewed.deviceId());
        tables.putDevice(
                renewed.userId(),
                new Device(known.deviceId(), renewed.platform(), renewed.generation(), known.createdAtMillis(), false));
    }

    private void deviceRevoked(ChatEvent.DeviceRevoked revoked) {
        Device known = existing(revoked.userId(), revoked.deviceId());
        tables.putDevice(revoked.userId(), known.asRevoked());
        tables.pushTargets(revoked.userId()).stream()
                .filter(target -> target.deviceId().equals(revoked.deviceId()))
                .forEach(target -> tables.removePushTarget(
                        revoked.userId(), revoked.deviceId(), target.target().provider()));
        deliveries.add(tables.putDelivery(new Delivery.DeviceRevoked(revoked.userId(), revoked.deviceId())));
    }

    private Account existing(String userId) {
        return tables.account(userId).orElseThrow(() -> new IllegalStateException("expected an account of " + userId));
    }

    private Device existing(String userId, String deviceId) {
        return tables.device(userId, deviceId)
                .orElseThrow(() -> new IllegalStateException("expected device %s of %s".formatted(deviceId, userId)));
    }
}
