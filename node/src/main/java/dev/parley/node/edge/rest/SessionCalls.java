package dev.parley.node.edge.rest;

import dev.parley.chat.ChatAnswer.DeviceRegistered;
import dev.parley.chat.ChatCommand;
import dev.parley.node.auth.IssuedToken;
import dev.parley.node.auth.TokenAuthority;
import dev.parley.node.edge.socket.ConnectUpgrader;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.net.URI;
import java.util.Optional;

/// Opens sessions: a user's bearer token and a device become a session token.
final class SessionCalls {
    private final Chat chat;
    private final Callers callers;
    private final TokenAuthority tokens;
    private final Optional<URI> publicUrl;

    SessionCalls(Chat chat, Callers callers, TokenAuthority tokens, Optional<URI> publicUrl) {
        this.chat = chat;
        this.callers = callers;
        this.tokens = tokens;
        this.publicUrl = publicUrl;
    }

    void addTo(Routes routes) {
        routes.on("POST", "/v1/sessions/bootstrap", this::bootstrap);
    }

    private Reply bootstrap(Call call) {
        String userId = callers.user(call);
        Rest.BootstrapRequest request = RestJson.decodeBootstrapRequest(call.body());
        DeviceRegistered registered = chat.submit(
                new ChatCommand.RegisterDevice(userId, request.deviceId(), request.platform()), DeviceRegistered.class);
        IssuedToken token = tokens.issueSession(userId, request.deviceId(), registered.generation());
        return Reply.ok(
                new Rest.BootstrapResponse(userId, websocketUrl(call.authority()), token.token(), token.expiresAt()));
    }

    private String websocketUrl(String authority) {
        if (publicUrl.isEmpty()) {
            return "ws://" + authority + ConnectUpgrader.PATH;
        }
        URI url = publicUrl.get();
        String scheme = "https".equals(url.getScheme()) || "wss".equals(url.getScheme()) ? "wss" : "ws";
        return scheme + "://" + url.getRawAuthority() + ConnectUpgrader.PATH;
    }
}
