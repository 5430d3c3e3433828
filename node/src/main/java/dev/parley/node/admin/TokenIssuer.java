package dev.parley.node.admin;

import java.time.Duration;
import java.time.Instant;

/// Makes bearer tokens that this cluster's nodes take.
@FunctionalInterface
public interface TokenIssuer {

    IssuedToken issue(String userId, Duration ttl);

    /// A token and its end.
    record IssuedToken(String token, Instant expiresAt) {
        /// Without the token, which must not reach a log.
        @Override
        public String toString() {
            return "IssuedToken[expiresAt=" + expiresAt + "]";
        }
    }
}
