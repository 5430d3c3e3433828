package dev.parley.node.push.fcm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.SignedJWT;
import dev.parley.node.push.NoticeFields;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.PushNotice;
import dev.parley.node.push.PushResult;
import dev.parley.node.push.https.HttpsClient;
import dev.parley.node.push.https.LocalHttps;
import dev.parley.node.push.https.LocalHttps.Deed;
import dev.parley.node.push.https.LocalHttps.Request;
import dev.parley.node.push.https.TestCertificate;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against an HTTPS server that gives access tokens and takes messages as Google's do.
class FcmProviderTest {
    private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final PushEndpoint DEVICE = new PushEndpoint(ProviderKind.FCM, "device-token", Optional.empty());
    private static final PushNotice.NewMessages NOTICE =
            new PushNotice.NewMessages("alice", "c_x", "Bob", Optional.of("Hi"), 2, 5, false);
    private static final JsonMapper JSON = new JsonMapper();
    private static final KeyPair KEYS = keys();

    @TempDir
    Path folder = Path.of("");

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final AtomicInteger tokens = new AtomicInteger();
    private Optional<LocalHttps> google = Optional.empty();

    @AfterEach
    void stop() {
        google.ifPresent(LocalHttps::close);
    }

    @Test
    void a_message_goes_out_with_a_token_for_a_signed_assertion() throws Exception {
        FcmProvider provider = provider(request -> LocalHttps.answer(200, "{\"name\":\"x\"}"), LONG);

        assertThat(send(provider, NOTICE)).isEqualTo(new PushResult.Accepted("fcm answered 200"));

        assertThat(paths()).containsExactly("/token", "/v1/projects/parley-test/messages:send");
        Request message = google().requests().getLast();
        assertThat(message.header("Authorization")).isEqualTo("Bearer access-1");
        String expected = """
                {"message":{"token":"device-token",
                 "data":{"userId":"alice","conversationId":"c_x","badge":"5","type":"newMessages","title":"Bob",
                   "preview":"Hi","unread":"2","mention":"false"},
                 "android":{"collapse_key":"KEY","ttl":"86400s","priority":"HIGH"}}}""";
        assertThat(JSON.readTree(message.text()))
                .isEqualTo(JSON.readTree(expected.replace("KEY", NoticeFields.collapseKey(NOTICE))));
    }

    @Test
    void reading_elsewhere_wakes_no_sleeping_device() throws Exception {
        FcmProvider provider = provider(request -> LocalHttps.answer(200), LONG);

        send(provider, new PushNotice.BadgeUpdate("alice", "c_x", 0));

        JsonNode message = JSON.readTree(google().requests().getLast().text()).path("message");
        assertThat(message.at("/data/type").asText()).isEqualTo("badgeUpdate");
        assertThat(message.at("/android/priority").asText()).isEqualTo("NORMAL");
    }

    @Test
    void the_longest_texts_stay_within_what_google_takes() throws Exception {
        FcmProvider provider = provider(request -> LocalHttps.answer(200), LONG);
        String hostile = "\u0001".repeat(20_000);

        send(provider, new PushNotice.NewMessages("u".repeat(64), "c_x", hostile, Optional.of(hostile), 1, 1, false));

        assertThat(google().requests().getLast().body().length).isLessThanOrEqualTo(4_096);
    }

    @Test
    void a_token_is_kept_until_shortly_before_its_end() throws Exception {
        FcmProvider provider = provider(request -> LocalHttps.answer(200), LONG);

        send(provider, NOTICE);
        now.set(START.plusSeconds(3_000));
        send(provider, NOTICE);
        assertThat(tokens).hasValue(1);

        now.set(START.plusSeconds(3_550));
        send(provider, NOTICE);
        assertThat(tokens).hasValue(2);
        assertThat(google().requests().getLast().header("Authorization")).isEqualTo("Bearer access-2");
    }

    @Test
    void a_token_that_is_refused_is_replaced_once() throws Exception {
        FcmProvider provider = provider(
                request -> LocalHttps.answer(request.header("Authorization").endsWith("access-1") ? 401 : 200), LONG);

        assertThat(send(provider, NOTICE)).isInstanceOf(PushResult.Accepted.class);
        assertThat(tokens).hasValue(2);
    }

    @Test
    void a_project_that_refuses_every_token_is_tried_again_later() throws Exception {
        FcmProvider provider = provider(request -> LocalHttps.answer(401), LONG);

        assertThat(send(provider, NOTICE)).isEqualTo(PushResult.Retry.later("fcm answered 401"));
        assertThat(tokens).hasValue(2);
    }

    @ParameterizedTest
    @CsvSource({
        "404, UNREGISTERED, Gone",
        "404, '', Rejected",
        "400, UNREGISTERED, Gone",
        "400, INVALID_ARGUMENT, Rejected",
        "403, SENDER_ID_MISMATCH, Rejected",
        "429, QUOTA_EXCEEDED, Retry",
        "500, INTERNAL, Retry",
        "503, UNAVAILABLE, Retry",
        "302, '', Rejected"
    })
    void each_answer_means_what_google_says(int status, String code, String expected) throws Exception {
        String body = """
                {"error":{"code":1,"message":"device-token","status":"X","details":[{"@type":"x"},
                 {"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"CODE"}]}}""";
        FcmProvider provider = provider(request -> LocalHttps.answer(status, body.replace("CODE", code)), LONG);

        PushResult result = send(provider, NOTICE);

        assertThat(result.getClass().getSimpleName()).isEqualTo(expected);
        assertThat(result.detail()).isEqualTo(("fcm answered " + status + " " + code).strip());
    }

    @Test
    void the_pause_that_is_asked_for_is_passed_on() throws Exception {
        FcmProvider provider = provider(request -> new Deed.Answer(429, Map.of("Retry-After", "60"), "no JSON"), LONG);

        assertThat(send(provider, NOTICE))
                .isEqualTo(new PushResult.Retry(Optional.of(Duration.ofMinutes(1)), "fcm answered 429"));
    }

    @Test
    void a_cut_connection_and_a_service_that_hangs_are_tried_again_later() throws Exception {
        assertThat(send(provider(request -> new Deed.Cut(), LONG), NOTICE)).isInstanceOf(PushResult.Retry.class);
        stop();
        assertThat(send(provider(request -> new Deed.Hang(), Duration.ofSeconds(1)), NOTICE))
                .isInstanceOf(PushResult.Retry.class);
    }

    @Test
    void no_message_goes_out_without_an_access_token() throws Exception {
        FcmProvider provider = provider(request -> LocalHttps.answer(200), LONG);
        google().behave(request -> LocalHttps.answer(503));
        assertThat(send(provider, NOTICE)).isEqualTo(PushResult.Retry.later("fcm gave no access token: 503"));

        google().behave(request -> LocalHttps.answer(200, "{\"access_token\":\"a\\nb\"}"));
        assertThat(send(provider, NOTICE))
                .isEqualTo(PushResult.Retry.later("fcm gave no access token: none in the answer"));

        assertThat(paths()).containsExactly("/token", "/token");
    }

    @Test
    void a_file_that_is_no_service_account_is_refused_without_showing_it() throws Exception {
        Path noJson = Files.writeString(folder.resolve("a.json"), "secret");
        Path noKey = Files.writeString(folder.resolve("b.json"), """
                {"project_id":"p","client_email":"x","private_key_id":"k","private_key":"c2VjcmV0",
                 "token_uri":"https://x"}""");

        assertThatIOException()
                .isThrownBy(() -> ServiceAccount.read(noJson))
                .withMessage(noJson + " is not JSON")
                .withNoCause();
        assertThatIOException()
                .isThrownBy(() -> ServiceAccount.read(noKey))
                .withMessage(noKey + " is no key of a service account: private_key must be an RSA key of 2048 bits"
                        + " or more in PEM");
    }

    @ParameterizedTest
    @CsvSource({
        "project_id, '', project_id is missing",
        "project_id, a/../b, project_id must match [a-z0-9.:-]+",
        "token_uri, http://localhost/, token_uri must begin with https:// and have a host"
    })
    void an_account_that_lacks_something_is_refused_by_its_field(String field, String value, String reason)
            throws Exception {
        Path file = account(folder, "https://localhost/token", Map.of(field, value));

        assertThatIOException()
                .isThrownBy(() -> ServiceAccount.read(file))
                .withMessage(file + " is no key of a service account: " + reason);
    }

    private FcmProvider provider(LocalHttps.Behaviour messages, Duration timeout) throws IOException {
        Path own = Files.createTempDirectory(folder, "google");
        TestCertificate certificate = TestCertificate.of(own, "localhost");
        LocalHttps server = LocalHttps.start(certificate);
        google = Optional.of(server);
        server.behave(request -> request.path().equals("/token") ? token(request) : messages.on(request));
        return new FcmProvider(
                ServiceAccount.read(account(own, server.url("/token").toString(), Map.of())),
                server.url("/"),
                new HttpsClient(Optional.of(certificate.certificateFile()), true, LONG),
                Duration.ofDays(1),
                timeout,
                new MovedClock(now));
    }

    private static Path account(Path folder, String tokenUrl, Map<String, String> changes) throws IOException {
        Map<String, String> fields = new HashMap<>(Map.of(
                "project_id", "parley-test",
                "client_email", "push@example.org",
                "private_key_id", "k1",
                "private_key",
                        TestCertificate.pem("PRIVATE KEY", KEYS.getPrivate().getEncoded()),
                "token_uri", tokenUrl));
        fields.putAll(changes);
        return Files.writeString(folder.resolve("account.json"), JSON.writeValueAsString(fields));
    }

    /// Gives a token only for a good assertion.
    private Deed token(Request request) {
        String form = request.text();
        String grant = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=";
        if (!URLDecoder.decode(form, StandardCharsets.UTF_8).startsWith(grant)) {
            return LocalHttps.answer(400);
        }
        try {
            SignedJWT assertion = SignedJWT.parse(form.substring(form.lastIndexOf('=') + 1));
            boolean good = assertion.verify(new RSASSAVerifier((RSAPublicKey) KEYS.getPublic()))
                    && "k1".equals(assertion.getHeader().getKeyID())
                    && "push@example.org".equals(assertion.getJWTClaimsSet().getIssuer())
                    && assertion
                            .getJWTClaimsSet()
                            .getAudience()
                            .equals(List.of(google().url("/token").toString()))
                    && "https://www.googleapis.com/auth/firebase.messaging"
                            .equals(assertion.getJWTClaimsSet().getStringClaim("scope"))
                    && assertion
                            .getJWTClaimsSet()
                            .getExpirationTime()
                            .toInstant()
                            .equals(now.get().plusSeconds(3_600));
            return good
                    ? LocalHttps.answer(
                            200,
                            "{\"access_token\":\"access-" + tokens.incrementAndGet()
                                    + "\",\"expires_in\":3599,\"token_type\":\"Bearer\"}")
                    : LocalHttps.answer(403);
        } catch (ParseException | JOSEException _) {
            return LocalHttps.answer(400);
        }
    }

    private LocalHttps google() {
        return google.orElseThrow();
    }

    private List<String> paths() {
        return google().requests().stream().map(Request::path).toList();
    }

    private static PushResult send(FcmProvider provider, PushNotice notice) throws Exception {
        return provider.send(DEVICE, notice).get(2, TimeUnit.MINUTES);
    }

    private static KeyPair keys() {
        try {
            return KeyPairGenerator.getInstance("RSA").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Shows the time that the test has set.
    private static final class MovedClock extends Clock {
        private final AtomicReference<Instant> now;

        MovedClock(AtomicReference<Instant> now) {
            this.now = now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now.get();
        }
    }
}
