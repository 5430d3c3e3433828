package dev.parley.node.push.https;

import dev.parley.node.push.TrustedCertificates;
import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderNames;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.http1.Http1Client;
import io.helidon.webclient.http1.Http1ClientRequest;
import io.helidon.webclient.http1.Http1ClientResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Posts over HTTPS. Follows no redirect, uses no proxy and keeps no connection, for the servers may be strangers.
/// Thread-safe; blocks its caller, whom an interrupt frees.
public final class HttpsClient {
    private static final Logger LOG = LoggerFactory.getLogger(HttpsClient.class);
    private static final int BODY_MAX = 16_384;

    private final Http1Client client;

    /// A client.
    ///
    /// @param trustedCaFile certificates to trust instead of the JDK's, in PEM
    /// @param allowPrivateAddresses also send to addresses of this machine and its network
    /// @param timeout of the connection, and of each wait for bytes
    /// @throws IOException if the certificates cannot be read
    public HttpsClient(Optional<Path> trustedCaFile, boolean allowPrivateAddresses, Duration timeout)
            throws IOException {
        this.client = Http1Client.builder()
                .servicesDiscoverServices(false)
                .shareConnectionCache(false)
                .keepAlive(false)
                .followRedirects(false)
                .dnsResolver(new CheckedResolver(allowPrivateAddresses))
                .connectTimeout(timeout)
                .readTimeout(timeout)
                .tls(tls(trustedCaFile))
                .build();
    }

    /// Sends a request and waits for the answer.
    public HttpsOutcome post(URI url, Map<String, String> headers, byte[] body) {
        Http1ClientRequest request =
                client.post().proxy(Proxy.noProxy()).skipUriEncoding(true).uri(escaped(url));
        headers.forEach((name, value) -> request.header(HeaderNames.create(name), value));
        try (Http1ClientResponse response = request.submit(body)) {
            return new HttpsOutcome.Answered(
                    response.status().code(), response.headers().first(HeaderNames.RETRY_AFTER), beginning(response));
        } catch (CheckedResolver.NotPublicException _) {
            return new HttpsOutcome.NotPublic();
        } catch (RuntimeException | IOException e) { // whatever a stranger makes of HTTP
            LOG.debug("request failed: host={}", url.getHost(), e);
            return new HttpsOutcome.Failed(e.getClass().getSimpleName());
        }
    }

    /// Escapes what Helidon decodes, so that the path and the query arrive as they were given: it would make `a/b` of
    /// `a%2Fb`, whatever its encoding setting says.
    private static URI escaped(URI url) {
        return URI.create(url.toString().replace("%", "%25").replace("+", "%2B"));
    }

    private static String beginning(Http1ClientResponse response) throws IOException {
        if (!response.entity().hasEntity()) {
            return "";
        }
        try (InputStream body = response.inputStream()) {
            return new String(body.readNBytes(BODY_MAX), StandardCharsets.UTF_8);
        }
    }

    private static Tls tls(Optional<Path> trustedCaFile) throws IOException {
        if (trustedCaFile.isEmpty()) {
            return Tls.builder().build();
        }
        List<X509Certificate> certificates = TrustedCertificates.read(trustedCaFile.get());
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (X509Certificate each : certificates) {
                trusted.setCertificateEntry("ca-" + trusted.size(), each);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return Tls.builder().sslContext(context).build();
        } catch (GeneralSecurityException e) {
            throw new IOException(trustedCaFile.get() + " holds certificates that cannot be trusted", e);
        }
    }
}
