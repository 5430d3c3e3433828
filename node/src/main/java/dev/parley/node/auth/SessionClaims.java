package dev.parley.node.auth;

import java.time.Instant;

/// What a session token says.
///
/// @param generation the device's registration that the token belongs to; a later one makes the token void
public record SessionClaims(String userId, String deviceId, long generation, Instant expiresAt) {}
