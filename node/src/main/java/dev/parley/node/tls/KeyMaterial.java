package dev.parley.node.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// A certificate with its chain and key, and the authorities that are trusted; read and found to fit.
///
/// @param authorities empty where nobody's certificate is asked for
public record KeyMaterial(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities) {
    private static final char[] IN_MEMORY = "in-memory".toCharArray();

    /// Where it is kept.
    ///
    /// @param certificate the certificate first, then those between it and its authority
    /// @param authority whom to trust, if others show certificates here
    public record Files(Path certificate, Path key, Optional<Path> authority) {
        /// Reads and checks all of it.
        ///
        /// @throws IOException with a sentence that names the file
        public KeyMaterial read() throws IOException {
            List<X509Certificate> chain = PemFiles.certificates(certificate);
            PrivateKey secret = PemFiles.privateKey(key);
            if (!fit(secret, chain.getFirst().getPublicKey())) {
                throw new IOException("the key %s does not belong to the certificate %s".formatted(key, certificate));
            }
            List<X509Certificate> authorities =
                    authority.isPresent() ? PemFiles.certificates(authority.get()) : List.of();
            return new KeyMaterial(chain, secret, authorities);
        }
    }

    public KeyMaterial {
        chain = List.copyOf(chain);
        authorities = List.copyOf(authorities);
    }

    @Override
    public String toString() {
        return "KeyMaterial[" + certificate().getSubjectX500Principal() + "]";
    }

    /// The certificate itself.
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /// When its first certificate expires.
    public Instant expires() {
        return chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    /// A key manager that knows the key under one alias.
    X509ExtendedKeyManager keyManager(String alias) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(alias, key, IN_MEMORY, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, IN_MEMORY);
            for (KeyManager manager : factory.getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager extended) {
                    return extended;
                }
            }
            throw new IllegalStateException("SunX509 makes an extended key manager");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a key that was read can be kept in memory", e);
        }
    }

    /// A trust manager for the authorities alone.
    X509ExtendedTrustManager trustManager() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int index = 0; index < authorities.size(); index++) {
                store.setCertificateEntry("authority-" + index, authorities.get(index));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
            throw new IllegalStateException("PKIX makes an extended trust manager");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("certificates that were read can be kept in memory", e);
        }
    }

    private static boolean fit(PrivateKey secret, PublicKey shown) {
        String algorithm = switch (secret.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> secret instanceof RSAKey ? "SHA256withRSA" : "EdDSA";
        };
        try {
            byte[] probe = {1, 2, 3};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(secret);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(shown);
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // keys of two kinds
        }
    }
}
