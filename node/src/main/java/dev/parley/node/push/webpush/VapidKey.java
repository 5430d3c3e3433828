package dev.parley.node.push.webpush;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.parley.node.push.P256;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The key by which push services know this server (VAPID, RFC 8292): what `parley push vapid` writes, a
/// private and a
/// public key in PEM.
public final class VapidKey {

    /// Push services take at most 24 hours.
    private static final Duration GOOD_FOR = Duration.ofHours(12);

    private static final int HTTPS_PORT = 443;

    private final ECPrivateKey privateKey;
    private final ECPublicKey publicKey;

    private VapidKey(ECPrivateKey privateKey, ECPublicKey publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    /// Makes a new key in a file of its own, for its owner alone.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException if there is a file; it is left as it is
    static VapidKey create(Path file) throws IOException {
        KeyPair pair;
        try {
            KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
            pairs.initialize(P256.parameters());
            pair = pairs.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file,
                pem("PRIVATE KEY", pair.getPrivate().getEncoded())
                        + pem("PUBLIC KEY", pair.getPublic().getEncoded()));
        return read(file);
    }

    /// Reads a key file.
    ///
    /// @throws IOException if it cannot be read, or is not a pair of keys of P-256; its message shows no key
    public static VapidKey read(Path file) throws IOException {
        String text = Files.readString(file);
        try {
            KeyFactory keys = KeyFactory.getInstance("EC");
            ECPrivateKey privateKey =
                    (ECPrivateKey) keys.generatePrivate(new PKCS8EncodedKeySpec(block(text, "PRIVATE KEY")));
            ECPublicKey publicKey =
                    (ECPublicKey) keys.generatePublic(new X509EncodedKeySpec(block(text, "PUBLIC KEY")));
            if (!isPair(privateKey, publicKey)) {
                throw new IOException(file + " holds two keys that do not belong together");
            }
            return new VapidKey(privateKey, publicKey);
        } catch (GeneralSecurityException | ClassCastException | IllegalArgumentException e) {
            throw new IOException(file + " is no file of `parley push vapid`", e);
        }
    }

    /// What a browser needs to subscribe: the public key in base64url.
    public String applicationServerKey() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(P256.encode(publicKey));
    }

    /// The value of the header `Authorization` for a request to a push service.
    String authorization(URI endpoint, String subject, Instant now) {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .audience(origin(endpoint))
                .subject(subject)
                .expirationTime(Date.from(now.plus(GOOD_FOR)))
                .build();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(JOSEObjectType.JWT)
                        .build(),
                claims);
        try {
            token.sign(new ECDSASigner(privateKey));
        } catch (JOSEException e) {
            throw new IllegalStateException("a key of P-256 signs with ES256", e);
        }
        return "vapid t=" + token.serialize() + ", k=" + applicationServerKey();
    }

    private static String origin(URI endpoint) {
        String port = endpoint.getPort() < 0 || endpoint.getPort() == HTTPS_PORT ? "" : ":" + endpoint.getPort();
        return "https://" + endpoint.getHost() + port;
    }

    private static String pem(String name, byte[] bytes) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + name + "-----\n" + text + "\n-----END " + name + "-----\n";
    }

    private static byte[] block(String text, String name) {
        Matcher found = Pattern.compile("-----BEGIN " + name + "-----([A-Za-z0-9+/=\\s]+)-----END " + name + "-----")
                .matcher(text);
        if (!found.find()) {
            throw new IllegalArgumentException("no " + name);
        }
        return Base64.getMimeDecoder().decode(found.group(1));
    }

    private static boolean isPair(ECPrivateKey privateKey, ECPublicKey publicKey) throws GeneralSecurityException {
        if (P256.decode(P256.encode(publicKey)).isEmpty()) {
            return false; // another curve
        }
        byte[] probe = {1};
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(privateKey);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(probe);
        return signature.verify(signed);
    }
}
