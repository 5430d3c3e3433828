package dev.parley.node.edge.rest;

import dev.parley.node.auth.DeviceDirectory;
import dev.parley.node.auth.SessionClaims;
import dev.parley.node.auth.TokenAuthority;
import dev.parley.node.session.RateLimits;
import dev.parley.node.wire.ProblemException;

/// Finds out who is calling, and whether it does so too often.
final class Callers {
    private final TokenAuthority tokens;
    private final DeviceDirectory devices;
    private final RateLimits rates;

    Callers(TokenAuthority tokens, DeviceDirectory devices, RateLimits rates) {
        this.tokens = tokens;
        this.devices = devices;
        this.rates = rates;
    }

    /// The session that calls.
    ///
    /// @throws ProblemException token-missing, token-invalid, token-expired, device-revoked or rate-limited
    SessionClaims session(Call call) {
        SessionClaims claims = valid(call);
        rates.request(claims.userId());
        return claims;
    }

    /// The session that posts a message; that has a rate of its own.
    SessionClaims sender(Call call) {
        SessionClaims claims = valid(call);
        rates.send(claims.userId());
        return claims;
    }

    /// The user who opens a session.
    ///
    /// @throws ProblemException token-missing, token-invalid, token-expired or rate-limited
    String user(Call call) {
        rates.stranger(call.address());
        String userId = tokens.verifyBearer(call.bearerToken());
        rates.request(userId);
        return userId;
    }

    private SessionClaims valid(Call call) {
        try {
            SessionClaims claims = tokens.verifySession(call.bearerToken());
            devices.requireValid(claims);
            return claims;
        } catch (ProblemException e) {
            rates.stranger(call.address());
            throw e;
        }
    }
}
