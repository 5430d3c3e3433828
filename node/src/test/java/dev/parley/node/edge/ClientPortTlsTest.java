package dev.parley.node.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.node.certs.IssuedFiles;
import dev.parley.node.tls.ClientPortTls;
import dev.parley.node.tls.PemFiles;
import dev.parley.node.tls.ReloadableKeys;
import dev.parley.protocol.json.RestJson;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client port with a certificate of its own.
class ClientPortTlsTest {
    private static final String BOOTSTRAP = "{\"deviceId\":\"d1\",\"platform\":\"web\"}";

    @TempDir
    private Path folder;

    private IssuedFiles issued;
    private ReloadableKeys keys;
    private EdgeFixture edge;
    private HttpClient client;

    @BeforeEach
    void start() throws Exception {
        issued = new IssuedFiles(folder, "test");
        keys = new ReloadableKeys(issued.server("web"));
        edge = EdgeFixture.start(settings -> settings.withTls(ClientPortTls.context(keys)));
        client = client();
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        edge.close();
    }

    @Test
    void calls_and_sockets_go_over_tls() throws Exception {
        HttpResponse<String> response = bootstrap(client);
        assertThat(response.statusCode()).isEqualTo(200);
        String session =
                RestJson.decodeBootstrapResponse(EdgeFixture.bytes(response)).sessionToken();
        CompletableFuture<String> hello = new CompletableFuture<>();

        WebSocket socket = client.newWebSocketBuilder()
                .subprotocols("parley.v1")
                .header("Authorization", "Bearer " + session)
                .buildAsync(edge.uri("wss", "/connect"), new FirstText(hello))
                .get(30, TimeUnit.SECONDS);

        assertThat(hello.get(30, TimeUnit.SECONDS)).contains("\"hello\"");
        socket.abort();
    }

    @Test
    void who_does_not_trust_the_authority_does_not_get_through() {
        assertThatThrownBy(() -> bootstrap(edge.http())).isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void plain_text_is_not_answered() {
        assertThatThrownBy(() -> edge.call("GET", "/openapi.yaml", "", "")).isInstanceOf(IOException.class);
    }

    @Test
    void a_renewed_certificate_is_shown_to_new_connections_and_old_ones_stay() throws Exception {
        X509Certificate before = shown(bootstrap(client));

        X509Certificate renewed =
                PemFiles.certificates(issued.server("web").certificate()).getFirst();
        assertThat(keys.reloadIfChanged()).isTrue();

        try (HttpClient later = client()) {
            assertThat(shown(bootstrap(later))).isEqualTo(renewed).isNotEqualTo(before);
        }
        assertThat(bootstrap(client).statusCode()).isEqualTo(200);
    }

    @Test
    void files_that_did_not_change_are_not_read_again() throws Exception {
        assertThat(keys.reloadIfChanged()).isFalse();
    }

    private HttpResponse<String> bootstrap(HttpClient from) throws Exception {
        return from.send(
                HttpRequest.newBuilder(edge.uri("https", "/v1/sessions/bootstrap"))
                        .header("Authorization", "Bearer " + edge.bearer("u1"))
                        .POST(BodyPublishers.ofString(BOOTSTRAP))
                        .build(),
                BodyHandlers.ofString());
    }

    private static X509Certificate shown(HttpResponse<String> response) throws Exception {
        return (X509Certificate) response.sslSession().orElseThrow().getPeerCertificates()[0];
    }

    private HttpClient client() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "ca", PemFiles.certificates(issued.authority()).getFirst());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    private record FirstText(CompletableFuture<String> text) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.complete(data.toString());
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }
    }
}
