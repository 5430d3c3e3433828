package dev.parley.node.push.webpush;

import dev.parley.node.push.P256;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.WebPushKeys;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// A browser's side of a subscription: opens what the push service hands over, written from RFC 8188 and RFC 8291 with
/// HMAC alone.
final class Browser {
    private final KeyPair pair;
    private final byte[] auth = new byte[16];

    Browser() throws GeneralSecurityException {
        KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
        pairs.initialize(P256.parameters());
        pair = pairs.generateKeyPair();
        new SecureRandom().nextBytes(auth);
    }

    PushEndpoint subscription(URI url) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return new PushEndpoint(
                ProviderKind.WEBPUSH,
                url.toString(),
                Optional.of(new WebPushKeys(encoder.encodeToString(point()), encoder.encodeToString(auth))));
    }

    String open(byte[] body) throws GeneralSecurityException {
        ByteBuffer in = ByteBuffer.wrap(body);
        byte[] salt = take(in, 16);
        int recordSize = in.getInt();
        byte[] server = take(in, in.get());
        if (in.remaining() > recordSize) {
            throw new GeneralSecurityException("more than one record");
        }
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(pair.getPrivate());
        agreement.doPhase(P256.decode(server).orElseThrow(), true);
        byte[] secret = hmac(
                hmac(auth, agreement.generateSecret()),
                "WebPush: info\0".getBytes(StandardCharsets.US_ASCII),
                point(),
                server,
                new byte[] {1});
        byte[] material = hmac(salt, secret);
        byte[] key = hmac(material, "Content-Encoding: aes128gcm\0\1".getBytes(StandardCharsets.US_ASCII));
        byte[] nonce = hmac(material, "Content-Encoding: nonce\0\1".getBytes(StandardCharsets.US_ASCII));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(Arrays.copyOf(key, 16), "AES"),
                new GCMParameterSpec(128, Arrays.copyOf(nonce, 12)));
        byte[] padded = cipher.doFinal(take(in, in.remaining()));
        int end = padded.length - 1;
        while (padded[end] == 0) {
            end--;
        }
        if (padded[end] != 2) {
            throw new GeneralSecurityException("not the last record");
        }
        return new String(padded, 0, end, StandardCharsets.UTF_8);
    }

    private byte[] point() {
        return P256.encode((ECPublicKey) pair.getPublic());
    }

    private static byte[] take(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static byte[] hmac(byte[] key, byte[]... parts) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }
}
