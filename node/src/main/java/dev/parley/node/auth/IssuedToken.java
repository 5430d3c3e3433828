package dev.parley.node.auth;

import java.time.Instant;

/// A token that this cluster signed. It is a secret: its text form shows no more than when it ends.
public record IssuedToken(String token, Instant expiresAt) {
    @Override
    public String toString() {
        return "IssuedToken[expiresAt=" + expiresAt + "]";
    }
}
