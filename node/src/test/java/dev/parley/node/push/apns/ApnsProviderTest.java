package dev.parley.node.push.apns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.eatthepath.pushy.apns.server.RejectedNotificationException;
import com.eatthepath.pushy.apns.server.RejectionReason;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.push.NoticeFields;
import dev.parley.node.push.P256;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.PushNotice;
import dev.parley.node.push.PushResult;
import dev.parley.node.push.https.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against a server that checks pushes as Apple's does, over TLS and HTTP/2.
class ApnsProviderTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final PushNotice.NewMessages NOTICE =
            new PushNotice.NewMessages("alice", "c_x", "Bob", Optional.of("Grüße 🦜"), 2, 5, true);

    @TempDir
    private static Path folder = Path.of("");

    private static Optional<LocalApns> apple = Optional.empty();

    private final List<ApnsProvider> providers = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
        pairs.initialize(P256.parameters());
        KeyPair pair = pairs.generateKeyPair();
        Files.writeString(
                keyFile(), TestCertificate.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        apple = Optional.of(new LocalApns(TestCertificate.of(folder, "localhost"), (ECPublicKey) pair.getPublic()));
    }

    @AfterAll
    static void stop() {
        apple().close();
    }

    @AfterEach
    void reset() {
        providers.forEach(ApnsProvider::close);
        apple().reset();
    }

    @Test
    void new_messages_are_shown_to_the_user() throws Exception {
        assertThat(send(provider(LONG), NOTICE)).isEqualTo(new PushResult.Accepted("apns answered 200"));

        LocalApns.Push push = apple().pushes().getFirst();
        assertThat(push.path()).isEqualTo("/3/device/" + LocalApns.DEVICE);
        assertThat(push.header("apns-topic")).isEqualTo(LocalApns.TOPIC);
        assertThat(push.header("apns-priority")).isEqualTo("10");
        assertThat(push.header("apns-push-type")).isEqualTo("alert");
        assertThat(push.header("apns-collapse-id")).isEqualTo(NoticeFields.collapseKey(NOTICE));
        assertThat(push.header("apns-expiration"))
                .isEqualTo(Long.toString(NOW.plus(Duration.ofDays(1)).getEpochSecond()));
        assertPayload(push, """
                {"aps":{"alert":{"title":"Bob","body":"Grüße 🦜"},"badge":5,"sound":"default","thread-id":"c_x",
                  "mutable-content":1},
                 "userId":"alice","conversationId":"c_x","badge":"5","type":"newMessages","unread":"2",
                 "mention":"true"}""");
    }

    @Test
    void reading_elsewhere_is_told_to_the_app_only() throws Exception {
        send(provider(LONG), new PushNotice.BadgeUpdate("alice", "c_x", 3));

        LocalApns.Push push = apple().pushes().getFirst();
        assertThat(push.header("apns-priority")).isEqualTo("5");
        assertThat(push.header("apns-push-type")).isEqualTo("background");
        assertThat(push.header("apns-collapse-id")).isEqualTo(NoticeFields.collapseKey(NOTICE));
        assertPayload(push, """
                {"aps":{"content-available":1},
                 "userId":"alice","conversationId":"c_x","badge":"3","type":"badgeUpdate"}""");
    }

    @Test
    void the_longest_texts_stay_within_what_apple_takes() throws Exception {
        String hostile = "\u0001".repeat(20_000);

        assertThat(send(
                        provider(LONG),
                        new PushNotice.NewMessages("u".repeat(64), "c_x", hostile, Optional.of(hostile), 1, 1, false)))
                .isInstanceOf(PushResult.Accepted.class);
    }

    @Test
    void a_thousand_pushes_at_once_are_all_answered() throws Exception {
        try (var provider = provider(LONG)) {
            List<CompletableFuture<PushResult>> answers = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                answers.add(provider.send(device(LocalApns.DEVICE), NOTICE));
            }
            for (CompletableFuture<PushResult> each : answers) {
                assertThat(each.get(2, TimeUnit.MINUTES)).isInstanceOf(PushResult.Accepted.class);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BAD_DEVICE_TOKEN, 400 BadDeviceToken, Gone",
        "DEVICE_TOKEN_NOT_FOR_TOPIC, 400 DeviceTokenNotForTopic, Gone",
        "UNREGISTERED, 410 Unregistered, Gone",
        "TOO_MANY_REQUESTS, 429 TooManyRequests, Retry",
        "TOO_MANY_PROVIDER_TOKEN_UPDATES, 429 TooManyProviderTokenUpdates, Retry",
        "INTERNAL_SERVER_ERROR, 500 InternalServerError, Retry",
        "SERVICE_UNAVAILABLE, 503 ServiceUnavailable, Retry",
        "SHUTDOWN, 503 Shutdown, Retry",
        "EXPIRED_PROVIDER_TOKEN, 403 ExpiredProviderToken, Retry",
        "IDLE_TIMEOUT, 400 IdleTimeout, Retry",
        "PAYLOAD_TOO_LARGE, 413 PayloadTooLarge, Rejected",
        "BAD_TOPIC, 400 BadTopic, Rejected",
        "FORBIDDEN, 403 Forbidden, Rejected"
    })
    void each_reason_means_what_apple_says(RejectionReason reason, String shown, String expected) throws Exception {
        apple().then((headers, payload) -> {
            throw new RejectedNotificationException(reason);
        });

        PushResult result = send(provider(LONG), NOTICE);

        assertThat(result.getClass().getSimpleName()).isEqualTo(expected);
        assertThat(result.detail()).isEqualTo("apns answered " + shown);
    }

    @Test
    void a_device_without_the_app_and_one_that_apple_does_not_know_are_gone() throws Exception {
        ApnsProvider provider = provider(LONG);

        assertThat(send(provider, device(LocalApns.UNINSTALLED), NOTICE))
                .isEqualTo(new PushResult.Gone("apns answered 410 Unregistered"));
        assertThat(send(provider, device("ef".repeat(32)), NOTICE))
                .isEqualTo(new PushResult.Gone("apns answered 400 DeviceTokenNotForTopic"));
    }

    @Test
    void a_key_that_apple_does_not_know_is_rejected() throws Exception {
        assertThat(send(provider(settings("OTHER67890", apple().port(), keyFile()), LONG), NOTICE))
                .isEqualTo(new PushResult.Rejected("apns answered 403 InvalidProviderToken"));
    }

    @Test
    void a_server_that_hangs_is_left_for_a_new_connection() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        apple().then((headers, payload) -> await(hanging));
        ApnsProvider provider = provider(SHORT);

        assertThat(send(provider, NOTICE)).isEqualTo(PushResult.Retry.later("apns did not answer in time"));

        apple().then((headers, payload) -> {});
        hanging.countDown();
        Awaitility.await().atMost(LONG).until(() -> send(provider, NOTICE) instanceof PushResult.Accepted);
    }

    @Test
    void a_server_that_is_not_there_is_tried_again_later() throws Exception {
        int port;
        try (ServerSocket left = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = left.getLocalPort();
        }

        assertThat(send(provider(settings(LocalApns.KEY, port, keyFile()), LONG), NOTICE))
                .isInstanceOf(PushResult.Retry.class);
    }

    @Test
    void a_server_that_never_shakes_hands_is_left_at_the_time_limit() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertThat(send(provider(settings(LocalApns.KEY, silent.getLocalPort(), keyFile()), SHORT), NOTICE))
                    .isEqualTo(PushResult.Retry.later("apns did not answer in time"));
        }
    }

    @Test
    void a_connection_that_is_cut_is_tried_again_later() throws Exception {
        try (ServerSocket cutting = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread cutter = Thread.ofVirtual().start(() -> cut(cutting));
            assertThat(send(provider(settings(LocalApns.KEY, cutting.getLocalPort(), keyFile()), LONG), NOTICE))
                    .isInstanceOf(PushResult.Retry.class);
            assertThat(cutter.join(LONG)).isTrue();
        }
    }

    @Test
    void a_certificate_for_another_name_gets_nothing() throws Exception {
        NodeConfig.Apns wrong = settings(LocalApns.KEY, "127.0.0.1:" + apple().port(), keyFile());

        assertThat(send(provider(wrong, LONG), NOTICE)).isInstanceOf(PushResult.Retry.class);
        assertThat(apple().pushes()).isEmpty();
    }

    @Test
    void a_closed_provider_sends_nothing() throws Exception {
        ApnsProvider provider = provider(LONG);
        provider.close();

        assertThat(send(provider, NOTICE)).isInstanceOf(PushResult.Retry.class);
        assertThat(apple().pushes()).isEmpty();
    }

    @Test
    void a_file_that_is_no_key_of_apple_is_refused_without_showing_it() throws Exception {
        Path noPem = Files.writeString(folder.resolve("a.p8"), "secret");
        Path noKey = Files.writeString(folder.resolve("b.p8"), TestCertificate.pem("PRIVATE KEY", new byte[40]));
        KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
        pairs.initialize(384);
        Path other = Files.writeString(
                folder.resolve("c.p8"),
                TestCertificate.pem(
                        "PRIVATE KEY", pairs.generateKeyPair().getPrivate().getEncoded()));

        for (Path file : List.of(noPem, noKey)) {
            assertThatIOException()
                    .isThrownBy(() -> provider(settings(LocalApns.KEY, 1, file), LONG))
                    .withMessage(file + " holds no key that Apple gives out (.p8)");
        }
        assertThatIOException()
                .isThrownBy(() -> provider(settings(LocalApns.KEY, 1, other), LONG))
                .withMessage(other + " holds no key of P-256");
    }

    private static LocalApns apple() {
        return apple.orElseThrow();
    }

    private static Path keyFile() {
        return folder.resolve("AuthKey.p8");
    }

    private ApnsProvider provider(Duration timeout) throws IOException {
        return provider(settings(LocalApns.KEY, apple().port(), keyFile()), timeout);
    }

    private ApnsProvider provider(NodeConfig.Apns settings, Duration timeout) throws IOException {
        ApnsProvider provider =
                new ApnsProvider(settings, Duration.ofDays(1), timeout, Clock.fixed(NOW, ZoneOffset.UTC));
        providers.add(provider);
        return provider;
    }

    private static NodeConfig.Apns settings(String keyId, int port, Path keyFile) {
        return settings(keyId, "localhost:" + port, keyFile);
    }

    private static NodeConfig.Apns settings(String keyId, String endpoint, Path keyFile) {
        return new NodeConfig.Apns(
                keyFile,
                keyId,
                LocalApns.TEAM,
                LocalApns.TOPIC,
                endpoint,
                Optional.of(folder.resolve("certificate.pem")),
                100);
    }

    private static void assertPayload(LocalApns.Push push, String expected) throws IOException {
        JsonMapper json = new JsonMapper();
        assertThat(json.readTree(push.payload())).isEqualTo(json.readTree(expected));
    }

    private static PushEndpoint device(String token) {
        return new PushEndpoint(ProviderKind.APNS, token, Optional.empty());
    }

    private static PushResult send(ApnsProvider provider, PushNotice notice) throws Exception {
        return send(provider, device(LocalApns.DEVICE), notice);
    }

    private static PushResult send(ApnsProvider provider, PushEndpoint device, PushNotice notice) throws Exception {
        return provider.send(device, notice).get(2, TimeUnit.MINUTES);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void cut(ServerSocket server) {
        try (Socket socket = server.accept()) {
            assertThat(socket.getInputStream().read()).isNotNegative();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
