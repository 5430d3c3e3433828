package dev.parley.node.machine;

import dev.parley.chat.rules.ChatEvent;
import dev.parley.chat.view.Account;
import dev.parley.chat.view.Device;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.tables.WritableChatTables;
import java.util.List;

/// Writes what happened to users, their devices and lists.
final class UserAppliers {
    private final WritableChatTables tables;
    private final List<Delivery> deliveries;

    UserAppliers(WritableChatTables tables, List<Delivery> deliveries) {
        this.tables = tables;
        this.deliveries = deliveries;
    }

    void apply(ChatEvent.OnUser event) {
        switch (event) {
            case ChatEvent.UserCreated created ->
                tables.putAccount(new Account(created.userId(), created.atMillis(), 0));
            case ChatEvent.DeviceAdded added -> deviceAdded(added);
            case ChatEvent.DeviceRenewed renewed -> deviceRenewed(renewed);
            case ChatEvent.DeviceRevoked revoked -> deviceRevoked(revoked);
            case ChatEvent.MembershipNoted noted ->
                tables.changeListed(
                        noted.userId(),
                        noted.conversationId(),
                        listed -> listed.withMembership(noted.membershipSeq(), noted.member()));
            case ChatEvent.ActivityNoted noted ->
                tables.changeListed(
                        noted.userId(), noted.conversationId(), listed -> listed.advanced(noted.progress()));
            case ChatEvent.BlockNoted noted -> tables.putUserBlock(noted.userId(), noted.blockedId(), noted.blocked());
        }
    }

    private void deviceAdded(ChatEvent.DeviceAdded added) {
        Account account = tables.account(added.userId())
                .orElseThrow(() -> new IllegalStateException("expected an account of " + added.userId()));
        tables.putAccount(account.withDevice());
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
        deliveries.add(tables.putDelivery(new Delivery.DeviceRevoked(revoked.userId(), revoked.deviceId())));
    }

    private Device existing(String userId, String deviceId) {
        return tables.device(userId, deviceId)
                .orElseThrow(() -> new IllegalStateException("expected device %s of %s".formatted(deviceId, userId)));
    }
}
