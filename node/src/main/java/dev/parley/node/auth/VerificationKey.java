package dev.parley.node.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// A key with the one algorithm that it verifies. The key's type decides that, never the token: a token that says
/// `HS256` cannot make a public RSA key pass for a shared secret, and `none` has no key at all.
///
/// @param keyId the `kid` of the key; empty if it has none
public record VerificationKey(String keyId, JWSAlgorithm algorithm, JWSVerifier verifier) {
    private static final int RSA_BITS_MIN = 2_048;
    private static final int HMAC_BYTES_MIN = 32;
    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "Ed25519");

    /// Whether it verifies this algorithm, by the name that JWTs give it.
    public boolean isFor(String algorithmName) {
        return algorithm.getName().equals(algorithmName);
    }

    /// A shared secret for HS256, at least 32 bytes.
    ///
    /// @throws IllegalArgumentException if it is too short
    public static VerificationKey secret(byte[] secret) {
        return secret("", secret);
    }

    /// A public key in PEM form (`BEGIN PUBLIC KEY`): RSA for RS256, P-256 for ES256, Ed25519 for EdDSA.
    ///
    /// @throws IllegalArgumentException if it is no such key
    public static VerificationKey pem(String pem) {
        String base64 = pem.replaceAll("-----(BEGIN|END) PUBLIC KEY-----", "").replaceAll("\\s", "");
        byte[] encoded;
        try {
            encoded = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("the key is no PEM file with BEGIN PUBLIC KEY");
        }
        for (String algorithm : KEY_ALGORITHMS) {
            Optional<PublicKey> key = publicKey(algorithm, encoded);
            if (key.isPresent()) {
                return publicKey("", key.get());
            }
        }
        throw new IllegalArgumentException("the key is neither RSA nor EC nor Ed25519");
    }

    /// The key of a JWK, or nothing if it is not for signatures or of a kind that is not accepted here.
    static Optional<VerificationKey> jwk(JWK jwk) throws JOSEException {
        if (jwk.getKeyUse() != null && !KeyUse.SIGNATURE.equals(jwk.getKeyUse())) {
            return Optional.empty();
        }
        String keyId = jwk.getKeyID() == null ? "" : jwk.getKeyID();
        Optional<VerificationKey> key = switch (jwk) {
            case RSAKey rsa when rsa.size() >= RSA_BITS_MIN -> Optional.of(publicKey(keyId, rsa.toRSAPublicKey()));
            case ECKey ec when Curve.P_256.equals(ec.getCurve()) -> Optional.of(publicKey(keyId, ec.toECPublicKey()));
            case OctetKeyPair pair
            when Curve.Ed25519.equals(pair.getCurve()) ->
                Optional.of(ed25519(keyId, Ed25519Verifier.key(pair.getDecodedX())));
            case OctetSequenceKey secret
            when secret.size() >= HMAC_BYTES_MIN * Byte.SIZE -> Optional.of(secret(keyId, secret.toByteArray()));
            default -> Optional.empty();
        };
        return key.filter(
                usable -> jwk.getAlgorithm() == null || jwk.getAlgorithm().equals(usable.algorithm()));
    }

    private static Optional<PublicKey> publicKey(String algorithm, byte[] encoded) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (InvalidKeySpecException _) {
            return Optional.empty(); // a key of another algorithm: the caller tries the next one
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }

    private static VerificationKey publicKey(String keyId, PublicKey key) {
        try {
            return switch (key) {
                case RSAPublicKey rsa
                when rsa.getModulus().bitLength() >= RSA_BITS_MIN ->
                    new VerificationKey(keyId, JWSAlgorithm.RS256, new RSASSAVerifier(rsa));
                case RSAPublicKey _ ->
                    throw new IllegalArgumentException("the RSA key has less than " + RSA_BITS_MIN + " bits");
                case ECPublicKey ec
                when Curve.P_256.equals(Curve.forECParameterSpec(ec.getParams())) ->
                    new VerificationKey(keyId, JWSAlgorithm.ES256, new ECDSAVerifier(ec));
                case EdECPublicKey ed -> ed25519(keyId, ed);
                default -> throw new IllegalArgumentException("the key's curve is not P-256: " + key.getAlgorithm());
            };
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the key cannot be used: " + key.getAlgorithm(), e);
        }
    }

    private static VerificationKey ed25519(String keyId, PublicKey key) {
        return new VerificationKey(keyId, JWSAlgorithm.EdDSA, new Ed25519Verifier(key));
    }

    private static VerificationKey secret(String keyId, byte[] secret) {
        if (secret.length < HMAC_BYTES_MIN) {
            throw new IllegalArgumentException("a secret for HS256 must have at least " + HMAC_BYTES_MIN + " bytes");
        }
        try {
            return new VerificationKey(keyId, JWSAlgorithm.HS256, new MACVerifier(secret));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the secret cannot be used for HS256", e);
        }
    }
}
