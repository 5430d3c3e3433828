package dev.parley.node.edge.rest;

import dev.parley.chat.ChatAnswer.Done;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.Ids;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.node.auth.DeviceDirectory;
import dev.parley.node.auth.SessionClaims;
import dev.parley.node.presence.Presence;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.Rest;
import java.time.Instant;
import java.util.List;

/// The caller's own account: profile, devices, blocked users.
final class AccountCalls {
    private final Chat chat;
    private final Callers callers;
    private final DeviceDirectory directory;
    private final Presence presence;

    AccountCalls(Chat chat, Callers callers, DeviceDirectory directory, Presence presence) {
        this.chat = chat;
        this.callers = callers;
        this.directory = directory;
        this.presence = presence;
    }

    void addTo(Routes routes) {
        routes.on("GET", "/v1/me", this::me)
                .on("GET", "/v1/devices", this::devices)
                .on("DELETE", "/v1/devices/{deviceId}", this::revoke)
                .on("PUT", "/v1/me/blocks/{userId}", call -> setBlocked(call, true))
                .on("DELETE", "/v1/me/blocks/{userId}", call -> setBlocked(call, false));
    }

    private Reply me(Call call) {
        SessionClaims caller = callers.session(call);
        AccountState account = account(caller);
        return Reply.ok(new Rest.Me(
                caller.userId(),
                caller.deviceId(),
                Instant.ofEpochMilli(account.createdAtMillis()),
                account.blockedUserIds()));
    }

    private Reply devices(Call call) {
        List<Rest.Device> devices = account(callers.session(call)).devices().stream()
                .map(device -> new Rest.Device(
                        device.deviceId(),
                        device.platform(),
                        Instant.ofEpochMilli(device.createdAtMillis()),
                        device.revoked()))
                .toList();
        return Reply.ok(new Rest.DeviceList(devices));
    }

    private Reply revoke(Call call) {
        SessionClaims caller = callers.session(call);
        String deviceId = call.path("deviceId");
        chat.submit(new ChatCommand.RevokeDevice(caller.userId(), deviceId), Done.class);
        // Its sockets close when the revocation is delivered; its token is void here even before that.
        directory.revoked(caller.userId(), deviceId);
        return Reply.noContent();
    }

    private Reply setBlocked(Call call, boolean blocked) {
        SessionClaims caller = callers.session(call);
        String otherId = call.path("userId");
        if (otherId.equals(caller.userId())) {
            throw ProblemException.invalidField("userId", "must be another user");
        }
        chat.requireUsers(List.of(otherId));
        String conversationId = Ids.direct(caller.userId(), otherId);
        chat.submit(new ChatCommand.SetBlocked(conversationId, caller.userId(), otherId, blocked), Done.class);
        var _ = Chat.afterCommit(
                () -> chat.submit(new ChatCommand.NoteBlocked(caller.userId(), otherId, blocked), Done.class));
        presence.rulesChanged(caller.userId());
        return Reply.noContent();
    }

    private AccountState account(SessionClaims caller) {
        return chat.ask(new ChatQuery.Account(caller.userId()), AccountState.class);
    }
}
