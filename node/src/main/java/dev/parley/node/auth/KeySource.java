package dev.parley.node.auth;

import java.util.List;

/// Where the keys are that verify JWTs of an external issuer. Thread-safe; may block for a bounded time.
public interface KeySource {

    /// The keys that may have signed a token.
    ///
    /// @param keyId the token's `kid`, empty if it has none; a source may look again when it does not know it
    List<VerificationKey> keys(String keyId);

    /// Keys that never change.
    static KeySource fixed(List<VerificationKey> keys) {
        List<VerificationKey> copy = List.copyOf(keys);
        return _ -> copy;
    }
}
