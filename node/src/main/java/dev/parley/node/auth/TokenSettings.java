package dev.parley.node.auth;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a [TokenAuthority] signs and accepts.
///
/// @param clusterEpoch names the cluster; a token of another cluster is not valid here
/// @param sessionTtl how long a session token is good
/// @param issuers whose JWTs are accepted as bearer tokens besides those that the cluster signs itself
public record TokenSettings(
        ClusterSecret secret, String clusterEpoch, Duration sessionTtl, List<ExternalIssuer> issuers) {
    /// A client bootstraps again when its token has expired; a lost device is cut off sooner by revoking it.
    public static final Duration SESSION_TTL_DEFAULT = Duration.ofDays(1);

    public TokenSettings {
        if (!sessionTtl.isPositive()) {
            throw new IllegalArgumentException("the session ttl must be positive: " + sessionTtl);
        }
        issuers = List.copyOf(issuers);
    }

    /// Tokens of the cluster alone, with the default time to live.
    public static TokenSettings ownTokensOnly(ClusterSecret secret, String clusterEpoch) {
        return new TokenSettings(secret, clusterEpoch, SESSION_TTL_DEFAULT, List.of());
    }

    /// An issuer of JWTs that this cluster trusts.
    ///
    /// @param keys where its keys are
    /// @param algorithm the one that it signs with, such as `RS256`; keys for another are not used
    /// @param issuer what `iss` must be, if given
    /// @param audience what `aud` must contain, if given
    /// @param userClaim the claim that holds the user id, usually `sub`
    /// @param clockSkew how far the issuer's clock may be off
    public record ExternalIssuer(
            KeySource keys,
            String algorithm,
            Optional<String> issuer,
            Optional<String> audience,
            String userClaim,
            Duration clockSkew) {
        public static final String USER_CLAIM_DEFAULT = "sub";
        public static final Duration CLOCK_SKEW_DEFAULT = Duration.ofSeconds(30);
    }
}
