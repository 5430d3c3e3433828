package dev.parley.node.backup;

import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// How objects are protected. Every object is bound to its name, so that one cannot stand for another.
sealed interface BackupCipher {

    /// What the repository calls it.
    String name();

    /// What encrypts to a stream; closing it ends the object.
    OutputStream encrypt(OutputStream out, String object) throws IOException;

    /// The content of an object. Reading throws if a single bit of it was changed, or its end is missing.
    InputStream decrypt(InputStream in, String object) throws IOException;

    /// The name of the object with this content, which says nothing about the content to whoever lacks the key.
    String objectOf(String sha256);

    /// Nothing is secret, and nothing but the checksums in the manifest tells of damage.
    record None() implements BackupCipher {
        static final String NAME = "none";

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public OutputStream encrypt(OutputStream out, String object) {
            return out;
        }

        @Override
        public InputStream decrypt(InputStream in, String object) {
            return in;
        }

        @Override
        public String objectOf(String sha256) {
            return path(sha256);
        }
    }

    /// AES-256-GCM in segments of 1 MB, with a key of its own for each object (Tink's streaming AEAD).
    final class Keyed implements BackupCipher {
        static final String NAME = "AES256_GCM_HKDF_1MB";
        private static final int KEY_BYTES = 32;
        private static final int SEGMENT_BYTES = 1 << 20;

        private final AesGcmHkdfStreaming streaming;
        private final Mac names;

        /// A cipher with the operator's key.
        ///
        /// @param key at least 32 random bytes
        Keyed(byte[] key) {
            try {
                streaming = new AesGcmHkdfStreaming(key, "HmacSha256", KEY_BYTES, SEGMENT_BYTES, 0);
                names = Mac.getInstance("HmacSHA256");
                names.init(new SecretKeySpec(key, "HmacSHA256"));
                byte[] own = names.doFinal("parley backup object names".getBytes(StandardCharsets.US_ASCII));
                names.init(new SecretKeySpec(own, "HmacSHA256"));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has AES-GCM and HmacSHA256", e);
            }
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public OutputStream encrypt(OutputStream out, String object) throws IOException {
            try {
                return streaming.newEncryptingStream(out, object.getBytes(StandardCharsets.US_ASCII));
            } catch (GeneralSecurityException e) {
                throw new IOException("cannot encrypt " + object, e);
            }
        }

        @Override
        public InputStream decrypt(InputStream in, String object) throws IOException {
            try {
                return streaming.newDecryptingStream(in, object.getBytes(StandardCharsets.US_ASCII));
            } catch (GeneralSecurityException e) {
                throw new IOException("cannot decrypt " + object, e);
            }
        }

        @Override
        public String objectOf(String sha256) {
            byte[] name = names.doFinal(sha256.getBytes(StandardCharsets.US_ASCII));
            return path(HexFormat.of().formatHex(name));
        }
    }

    private static String path(String hex) {
        return BackupRepository.OBJECTS + "/" + hex.substring(0, 2) + "/" + hex;
    }
}
