package dev.parley.jepsen;

import dev.parley.protocol.Rest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// What nodes and devices need to push to a [PushService].
final class WebPush {
    private static final int COORDINATE_BYTES = 32;
    private static final int AUTH_BYTES = 16;

    private WebPush() {}

    /// Quick to know who is not here, with a push service on this machine.
    static String settings(Path folder, PushService service) throws Exception {
        return """
                presence: {heartbeat: 1s, offline-after: 10s}
                push:
                  webpush:
                    key-file: %s
                    subject: mailto:admin@example.org
                    allow-private-addresses: true
                    trusted-certificates: %s
                """.formatted(vapidKey(folder), service.certificate());
    }

    private static Path vapidKey(Path folder) throws Exception {
        KeyPair pair = keyPair();
        Path file = Files.createFile(
                folder.resolve("vapid.pem"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(
                file,
                pem("PRIVATE KEY", pair.getPrivate().getEncoded())
                        + pem("PUBLIC KEY", pair.getPublic().getEncoded()),
                StandardCharsets.US_ASCII);
    }

    /// A subscription with keys of its own, as a browser would make it.
    static Rest.PushEndpointRequest subscription(String endpoint) throws Exception {
        ECPublicKey key = (ECPublicKey) keyPair().getPublic();
        byte[] point = new byte[1 + 2 * COORDINATE_BYTES];
        point[0] = 4;
        copy(key.getW().getAffineX().toByteArray(), point, 1);
        copy(key.getW().getAffineY().toByteArray(), point, 1 + COORDINATE_BYTES);
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return new Rest.PushEndpointRequest(
                "webpush",
                endpoint,
                Optional.of(
                        new Rest.PushKeys(base64.encodeToString(point), base64.encodeToString(new byte[AUTH_BYTES]))));
    }

    private static void copy(byte[] number, byte[] point, int at) {
        byte[] digits = number.length > COORDINATE_BYTES
                ? Arrays.copyOfRange(number, number.length - COORDINATE_BYTES, number.length)
                : number;
        System.arraycopy(digits, 0, point, at + COORDINATE_BYTES - digits.length, digits.length);
    }

    private static KeyPair keyPair() throws Exception {
        KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
        pairs.initialize(new ECGenParameterSpec("secp256r1"));
        return pairs.generateKeyPair();
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type
                + "-----\n";
    }
}
