package dev.parley.node.push.webpush;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jwt.SignedJWT;
import dev.parley.node.push.P256;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.PushNotice;
import dev.parley.node.push.PushResult;
import dev.parley.node.push.https.HttpsClient;
import dev.parley.node.push.https.LocalHttps;
import dev.parley.node.push.https.LocalHttps.Deed;
import dev.parley.node.push.https.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Against an HTTPS server that does what a browser's push service does.
class WebPushProviderTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final PushNotice.NewMessages NOTICE =
            new PushNotice.NewMessages("alice", "c_x", "Bob", Optional.of("Grüße 🦜"), 2, 5, true);

    @TempDir
    static Path folder = Path.of("");

    private final TestCertificate certificate = TestCertificate.of(folder, "localhost");
    private final LocalHttps service = LocalHttps.start(certificate);
    private final Browser browser = new Browser();

    WebPushProviderTest() throws Exception {}

    @AfterEach
    void stop() throws IOException {
        service.close();
        Files.delete(folder.resolve("localhost.p12"));
    }

    @Test
    void the_browser_reads_the_notice_and_the_service_knows_the_server() throws Exception {
        service.behave(request -> LocalHttps.answer(201));

        assertThat(send(provider(LONG, true), service.url("/push/a%2Fb:c?d=e%3d+f"), NOTICE))
                .isEqualTo(new PushResult.Accepted("webpush answered 201"));

        LocalHttps.Request request = service.requests().getFirst();
        assertThat(request.method() + " " + request.path()).isEqualTo("POST /push/a%2Fb:c?d=e%3d+f");
        JsonNode opened = new JsonMapper().readTree(browser.open(request.body()));
        assertThat(opened).isEqualTo(new JsonMapper().readTree("""
                {"userId":"alice","conversationId":"c_x","badge":"5","type":"newMessages","title":"Bob",
                 "preview":"Grüße 🦜","unread":"2","mention":"true"}"""));
        assertThat(request.header("Content-Encoding")).isEqualTo("aes128gcm");
        assertThat(request.header("TTL")).isEqualTo("86400");
        assertThat(request.header("Urgency")).isEqualTo("high");
        assertThat(request.header("Topic")).matches("[A-Za-z0-9_-]{32}");
        checkVapid(request.header("Authorization"));
    }

    private void checkVapid(String authorization) throws Exception {
        assertThat(authorization).matches("vapid t=[^, ]+, k=[^, ]+");
        String publicKey = authorization.substring(authorization.indexOf("k=") + 2);
        SignedJWT token = SignedJWT.parse(authorization.substring("vapid t=".length(), authorization.indexOf(',')));
        assertThat(publicKey)
                .isEqualTo(VapidKey.read(folder.resolve("vapid.pem")).applicationServerKey());
        assertThat(token.verify(new ECDSAVerifier(
                        P256.decode(Base64.getUrlDecoder().decode(publicKey)).orElseThrow())))
                .isTrue();
        assertThat(token.getJWTClaimsSet().getAudience())
                .containsExactly("https://localhost:" + service.url("/").getPort());
        assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo("mailto:ops@example.org");
        assertThat(token.getJWTClaimsSet().getExpirationTime().toInstant())
                .isAfter(NOW)
                .isBeforeOrEqualTo(NOW.plus(Duration.ofHours(24)));
    }

    @Test
    void notices_of_a_conversation_have_a_topic_of_their_own() throws Exception {
        service.behave(request -> LocalHttps.answer(201));
        WebPushProvider provider = provider(LONG, true);

        send(provider, service.url("/"), NOTICE);
        send(provider, service.url("/"), new PushNotice.BadgeUpdate("alice", "c_x", 0));
        send(provider, service.url("/"), new PushNotice.BadgeUpdate("alice", "c_y", 0));

        assertThat(service.requests())
                .extracting(request -> request.header("Urgency"))
                .containsExactly("high", "low", "low");
        assertThat(topic(0)).isEqualTo(topic(1)).isNotEqualTo(topic(2));
    }

    @Test
    void the_longest_texts_stay_within_what_a_service_takes() throws Exception {
        service.behave(request -> LocalHttps.answer(201));
        String hostile = "\u0001".repeat(20_000);

        send(
                provider(LONG, true),
                service.url("/"),
                new PushNotice.NewMessages("u".repeat(64), "c_x", hostile, Optional.of(hostile), 1, 1, false));

        byte[] body = service.requests().getFirst().body();
        assertThat(body.length).isLessThanOrEqualTo(4_096);
        assertThat(browser.open(body)).contains("preview");
    }

    @ParameterizedTest
    @CsvSource({
        "200, Accepted",
        "202, Accepted",
        "404, Gone",
        "410, Gone",
        "429, Retry",
        "500, Retry",
        "503, Retry",
        "400, Rejected",
        "401, Rejected",
        "403, Rejected",
        "413, Rejected",
        "302, Rejected"
    })
    void each_answer_means_what_the_rfc_says(int status, String expected) throws Exception {
        service.behave(request -> LocalHttps.answer(status));

        PushResult result = send(provider(LONG, true), service.url("/"), NOTICE);

        assertThat(result.getClass().getSimpleName()).isEqualTo(expected);
        assertThat(result.detail()).isEqualTo("webpush answered " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void the_pause_that_is_asked_for_is_passed_on(int status) throws Exception {
        service.behave(request -> new Deed.Answer(status, Map.of("Retry-After", "120"), ""));

        assertThat(send(provider(LONG, true), service.url("/"), NOTICE))
                .isEqualTo(new PushResult.Retry(Optional.of(Duration.ofMinutes(2)), "webpush answered " + status));
    }

    @Test
    void a_redirect_is_not_followed() throws Exception {
        service.behave(request -> new Deed.Answer(
                307, Map.of("Location", service.url("/elsewhere").toString()), ""));

        assertThat(send(provider(LONG, true), service.url("/"), NOTICE)).isInstanceOf(PushResult.Rejected.class);
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void a_service_that_hangs_is_left_at_the_time_limit() throws Exception {
        service.behave(request -> new Deed.Hang());

        assertThat(send(provider(SHORT, true), service.url("/"), NOTICE)).isInstanceOf(PushResult.Retry.class);
    }

    @Test
    void a_service_that_never_shakes_hands_is_left_at_the_time_limit() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            URI url = URI.create("https://localhost:" + silent.getLocalPort() + "/");
            assertThat(send(provider(SHORT, true), url, NOTICE)).isInstanceOf(PushResult.Retry.class);
        }
    }

    @Test
    void a_cut_connection_is_tried_again_later() throws Exception {
        service.behave(request -> new Deed.Cut());

        assertThat(send(provider(LONG, true), service.url("/"), NOTICE)).isInstanceOf(PushResult.Retry.class);
    }

    @Test
    void an_answer_that_is_not_http_is_tried_again_later() throws Exception {
        try (ServerSocket server = certificate
                .serverContext()
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread babbler = Thread.ofVirtual().start(() -> babble(server));
            URI url = URI.create("https://localhost:" + server.getLocalPort() + "/");

            assertThat(send(provider(LONG, true), url, NOTICE)).isInstanceOf(PushResult.Retry.class);
            assertThat(babbler.join(LONG)).isTrue();
        }
    }

    private static void babble(ServerSocket server) {
        try (Socket socket = server.accept()) {
            assertThat(socket.getInputStream().read()).isEqualTo('P');
            socket.getOutputStream().write("what is this?\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"})
    void an_address_of_this_machine_is_refused(String host) throws Exception {
        service.behave(request -> LocalHttps.answer(201));
        URI url = URI.create("https://" + host + ":" + service.url("/").getPort() + "/");

        assertThat(send(provider(LONG, false), url, NOTICE))
                .isEqualTo(new PushResult.Rejected("webpush endpoint leads to no public address"));
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void a_certificate_for_another_name_gets_nothing() throws Exception {
        service.behave(request -> LocalHttps.answer(201));
        URI url = URI.create("https://127.0.0.1:" + service.url("/").getPort() + "/");

        assertThat(send(provider(LONG, true), url, NOTICE)).isInstanceOf(PushResult.Retry.class);
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void a_subscription_without_keys_is_rejected() throws Exception {
        PushEndpoint bare = new PushEndpoint(
                dev.parley.node.push.ProviderKind.WEBPUSH, service.url("/").toString(), Optional.empty());

        assertThat(provider(LONG, true).send(bare, NOTICE).get(1, TimeUnit.MINUTES))
                .isInstanceOf(PushResult.Rejected.class);
    }

    @Test
    void a_closed_provider_sends_nothing() throws Exception {
        WebPushProvider provider = provider(LONG, true);
        provider.close();

        assertThat(send(provider, service.url("/"), NOTICE)).isEqualTo(PushResult.Retry.later("webpush is closed"));
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void keys_that_do_not_belong_together_are_no_vapid_key() throws Exception {
        KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
        pairs.initialize(P256.parameters());
        Path file = Files.writeString(
                folder.resolve("mixed.pem"),
                pem(new KeyPair(
                        pairs.generateKeyPair().getPublic(),
                        pairs.generateKeyPair().getPrivate())));

        assertThatIOException().isThrownBy(() -> VapidKey.read(file)).withMessageContaining("do not belong together");
    }

    private String topic(int request) {
        return service.requests().get(request).header("Topic");
    }

    private PushResult send(WebPushProvider provider, URI url, PushNotice notice) throws Exception {
        return provider.send(browser.subscription(url), notice).get(2, TimeUnit.MINUTES);
    }

    private WebPushProvider provider(Duration timeout, boolean allowPrivateAddresses) throws Exception {
        KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
        pairs.initialize(P256.parameters());
        Path file = Files.writeString(folder.resolve("vapid.pem"), pem(pairs.generateKeyPair()));
        return new WebPushProvider(
                VapidKey.read(file),
                "mailto:ops@example.org",
                new HttpsClient(Optional.of(certificate.certificateFile()), allowPrivateAddresses, LONG),
                Duration.ofDays(1),
                timeout,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static String pem(KeyPair pair) {
        return TestCertificate.pem("PRIVATE KEY", pair.getPrivate().getEncoded())
                + TestCertificate.pem("PUBLIC KEY", pair.getPublic().getEncoded());
    }
}
