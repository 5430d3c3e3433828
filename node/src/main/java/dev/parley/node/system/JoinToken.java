package dev.parley.node.system;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Lets one node join, once. Only its hash is kept.
///
/// @param hash SHA-256 of the token in hex
/// @param usedBy the node that joined with it; empty while it is good
public record JoinToken(String hash, long expiresMillis, String usedBy) {

    /// The hash of a token as a person has it.
    public static String hash(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
