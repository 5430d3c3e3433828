package dev.parley.node.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/// Certificates and keys in PEM, as authorities and OpenSSL write them. Messages of failures name the file and
/// show
/// nothing of a key.
public final class PemFiles {
    private static final long FILE_BYTES_MAX = 1 << 20;

    private PemFiles() {}

    /// All certificates of a file, one at least.
    public static List<X509Certificate> certificates(Path file) throws IOException {
        requireSmall(file);
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (certificates.isEmpty()) {
                throw new IOException(file + " holds no certificate in PEM");
            }
            return certificates;
        } catch (CertificateException e) {
            throw new IOException(file + " holds no certificate in PEM", e);
        }
    }

    /// The first private key of a file: PKCS #8, or the older forms of EC and RSA keys; not encrypted.
    public static PrivateKey privateKey(Path file) throws IOException {
        requireSmall(file);
        try (Reader text = Files.newBufferedReader(file);
                PEMParser parser = new PEMParser(text)) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                switch (block) {
                    case PEMKeyPair pair -> {
                        return key(pair.getPrivateKeyInfo());
                    }
                    case PrivateKeyInfo info -> {
                        return key(info);
                    }
                    default -> {} // parameters of a curve, a certificate
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds a private key of an unknown kind", e);
        }
        throw new IOException(file + " holds no private key in PEM that is not encrypted");
    }

    private static PrivateKey key(PrivateKeyInfo info) throws GeneralSecurityException, IOException {
        ASN1ObjectIdentifier kind = info.getPrivateKeyAlgorithm().getAlgorithm();
        String name = "EdDSA";
        if (kind.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            name = "EC";
        } else if (kind.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            name = "RSA";
        }
        return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    }

    private static void requireSmall(Path file) throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException("%s has more than %d bytes; is it the right file?".formatted(file, FILE_BYTES_MAX));
        }
    }
}
