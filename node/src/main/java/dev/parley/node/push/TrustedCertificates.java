package dev.parley.node.push;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/// Certificates to trust instead of the JDK's.
public final class TrustedCertificates {
    private TrustedCertificates() {}

    /// Reads certificates.
    ///
    /// @param file in PEM
    /// @throws IOException if it cannot be read, or holds none
    public static List<X509Certificate> read(Path file) throws IOException {
        try (InputStream pem = Files.newInputStream(file)) {
            List<X509Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (certificates.isEmpty()) {
                throw new IOException(file + " holds no certificates in PEM");
            }
            return certificates;
        } catch (CertificateException e) {
            throw new IOException(file + " holds no certificates in PEM", e);
        }
    }
}
