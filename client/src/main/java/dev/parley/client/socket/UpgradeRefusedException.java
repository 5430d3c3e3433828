package dev.parley.client.socket;

import java.io.IOException;

/// The server answered the upgrade request with something other than 101.
@SuppressWarnings("serial") // never serialized
public final class UpgradeRefusedException extends IOException {

    private final int status;
    private final String body;

    /// @param body what came with the status, at most [UpgradeRequest#BODY_BYTES_MAX] bytes of it
    UpgradeRefusedException(int status, String body) {
        super("the upgrade to a WebSocket was refused with HTTP " + status);
        this.status = status;
        this.body = body;
    }

    public int status() {
        return status;
    }

    public String body() {
        return body;
    }
}
