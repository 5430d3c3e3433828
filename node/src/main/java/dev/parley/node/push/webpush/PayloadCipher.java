package dev.parley.node.push.webpush;

import dev.parley.node.push.P256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Encrypts a payload for one browser as a single record of `aes128gcm` (RFC 8291, RFC 8188).
final class PayloadCipher {
    static final int SALT_BYTES = 16;

    private static final int RECORD_SIZE = 4_096;
    private static final int KEY_BYTES = 32;
    private static final int AES_KEY_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final byte LAST_RECORD = 2;

    private PayloadCipher() {}

    /// The body of the request.
    ///
    /// @param browser the subscription's `p256dh`
    /// @param auth the subscription's `auth`
    /// @param own a pair for this payload only
    /// @param salt random, for this payload only
    static byte[] encrypt(byte[] payload, ECPublicKey browser, byte[] auth, KeyPair own, byte[] salt)
            throws GeneralSecurityException {
        byte[] ownPoint = P256.encode((ECPublicKey) own.getPublic());
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(own.getPrivate());
        agreement.doPhase(browser, true);
        byte[] info = ByteBuffer.allocate(14 + 2 * P256.POINT_BYTES)
                .put(label("WebPush: info"))
                .put(P256.encode(browser))
                .put(ownPoint)
                .array();
        byte[] secret = derive(agreement.generateSecret(), auth, info, KEY_BYTES);
        byte[] key = derive(secret, salt, label("Content-Encoding: aes128gcm"), AES_KEY_BYTES);
        byte[] nonce = derive(secret, salt, label("Content-Encoding: nonce"), NONCE_BYTES);

        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        byte[] padded = Arrays.copyOf(payload, payload.length + 1);
        padded[payload.length] = LAST_RECORD;
        byte[] encrypted = cipher.doFinal(padded);
        return ByteBuffer.allocate(salt.length + Integer.BYTES + 1 + ownPoint.length + encrypted.length)
                .put(salt)
                .putInt(RECORD_SIZE)
                .put((byte) ownPoint.length)
                .put(ownPoint)
                .put(encrypted)
                .array();
    }

    private static byte[] derive(byte[] material, byte[] salt, byte[] info, int length)
            throws NoSuchAlgorithmException, InvalidAlgorithmParameterException {
        return KDF.getInstance("HKDF-SHA256")
                .deriveData(HKDFParameterSpec.ofExtract()
                        .addIKM(material)
                        .addSalt(salt)
                        .thenExpand(info, length));
    }

    /// The text and a zero byte.
    private static byte[] label(String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        return Arrays.copyOf(ascii, ascii.length + 1);
    }
}
