package dev.parley.node;

import dev.parley.node.auth.ClusterSecret;
import dev.parley.node.auth.JwksKeys;
import dev.parley.node.auth.KeySource;
import dev.parley.node.auth.TokenSettings;
import dev.parley.node.auth.VerificationKey;
import dev.parley.node.config.ConfigException;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.config.SecretFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The configured token issuers in the words of `node.auth`.
final class TokenIssuers {
    private TokenIssuers() {}

    /// What the node signs and accepts.
    ///
    /// @throws ConfigException naming the issuer whose keys cannot be read
    static TokenSettings settings(NodeConfig.Auth auth, byte[] secret, String epoch) {
        return new TokenSettings(
                new ClusterSecret(secret),
                epoch,
                auth.sessionTokenTtl(),
                auth.jwt().stream().map(TokenIssuers::external).toList());
    }

    private static TokenSettings.ExternalIssuer external(NodeConfig.JwtIssuer issuer) {
        try {
            return new TokenSettings.ExternalIssuer(
                    keys(issuer),
                    issuer.algorithm().name(),
                    issuer.issuer(),
                    issuer.audience(),
                    issuer.userClaim(),
                    TokenSettings.ExternalIssuer.CLOCK_SKEW_DEFAULT);
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(
                    "the keys of auth.jwt '%s' cannot be used: %s".formatted(issuer.name(), e.getMessage()), e);
        }
    }

    private static KeySource keys(NodeConfig.JwtIssuer issuer) throws IOException {
        if (issuer.keyFile().isPresent()) {
            Path file = issuer.keyFile().get();
            VerificationKey key = issuer.algorithm() == NodeConfig.JwtAlgorithm.HS256
                    ? VerificationKey.secret(SecretFile.bytes(file))
                    : VerificationKey.pem(Files.readString(file));
            if (!key.isFor(issuer.algorithm().name())) {
                throw new IllegalArgumentException(
                        "%s holds a key for %s, not %s".formatted(file, key.algorithm(), issuer.algorithm()));
            }
            return KeySource.fixed(List.of(key));
        }
        URI location = issuer.jwksFile().map(Path::toUri).or(issuer::jwksUrl).orElseThrow();
        return JwksKeys.open(location, System::nanoTime);
    }
}
