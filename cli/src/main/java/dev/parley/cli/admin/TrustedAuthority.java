package dev.parley.cli.admin;

import dev.parley.cli.CommandFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Whom this process trusts at `https` and `wss` URLs.
final class TrustedAuthority {
    private TrustedAuthority() {}

    /// Trusts the certificates of a file from now on, and no others.
    static void use(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + store.size(), certificate);
            }
            if (store.size() == 0) {
                throw CommandFailed.mistake("--ca: " + file + " holds no certificate in PEM");
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            SSLContext.setDefault(context);
        } catch (IOException e) {
            throw CommandFailed.mistake("--ca: the file " + file + " cannot be read");
        } catch (GeneralSecurityException e) {
            throw CommandFailed.mistake("--ca: " + file + " holds no certificate in PEM");
        }
    }
}
