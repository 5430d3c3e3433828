package dev.parley.node.edge.rest;

import dev.parley.node.presence.Presence;

/// Who is here.
final class PresenceCalls {
    private final Callers callers;
    private final Presence presence;

    PresenceCalls(Callers callers, Presence presence) {
        this.callers = callers;
        this.presence = presence;
    }

    void addTo(Routes routes) {
        routes.on("GET", "/v1/users/{userId}/presence", this::presence);
    }

    private Reply presence(Call call) {
        return Reply.ok(presence.look(callers.session(call).userId(), call.path("userId")));
    }
}
