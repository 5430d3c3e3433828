package dev.parley.chat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Tells whether a retry asks the same as the first try did: the first 128 bits of a SHA-256.
public record Fingerprint(long high, long low) {
    private static final byte[] DOMAIN = "parley v1".getBytes(StandardCharsets.UTF_8);

    /// The fingerprint of some texts in order.
    ///
    /// @param purpose keeps apart what is hashed for different ends
    public static Fingerprint of(String purpose, String... parts) {
        ByteBuffer hash = ByteBuffer.wrap(digest(purpose, parts));
        return new Fingerprint(hash.getLong(), hash.getLong());
    }

    /// SHA-256 of a domain, a purpose and the parts, each behind its length, so that no two lists of parts meet.
    static byte[] digest(String purpose, String... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            feed(digest, DOMAIN);
            feed(digest, purpose.getBytes(StandardCharsets.UTF_8));
            for (String part : parts) {
                feed(digest, part.getBytes(StandardCharsets.UTF_8));
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void feed(MessageDigest digest, byte[] part) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
        digest.update(part);
    }
}
