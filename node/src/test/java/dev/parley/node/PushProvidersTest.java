package dev.parley.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.node.config.ConfigException;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushDesk;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.PushNotice;
import dev.parley.node.push.PushObserver;
import dev.parley.node.push.PushResult;
import dev.parley.node.push.https.LocalHttps;
import dev.parley.node.push.https.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PushProvidersTest {
    private static final PushNotice NOTICE =
            new PushNotice.NewMessages("alice", "c_x", "Bob", Optional.of("psst"), 1, 1, false);

    @TempDir
    private Path folder;

    @Test
    void nothing_is_sent_where_nothing_is_configured() throws Exception {
        try (PushDesk desk = desk(push(Optional.empty(), Optional.empty(), Optional.empty()))) {
            assertThat(send(desk)).isEqualTo(new PushResult.Rejected("fcm is not configured"));
        }
    }

    @Test
    void a_notice_goes_where_the_settings_say_and_shows_no_text() throws Exception {
        TestCertificate certificate = TestCertificate.of(folder, "localhost");
        try (LocalHttps google = LocalHttps.start(certificate)) {
            google.behave(request -> LocalHttps.answer(200, "{\"access_token\":\"t\",\"expires_in\":3599}"));
            NodeConfig.Fcm fcm = new NodeConfig.Fcm(
                    serviceAccount(google.url("/token")),
                    google.url("/"),
                    Optional.of(certificate.certificateFile()),
                    10);

            try (PushDesk desk = desk(push(Optional.empty(), Optional.of(fcm), Optional.empty()))) {
                assertThat(send(desk)).isEqualTo(new PushResult.Accepted("fcm answered 200"));
            }

            assertThat(google.requests().getLast().path()).isEqualTo("/v1/projects/p/messages:send");
            assertThat(google.requests().getLast().text()).contains("alice").doesNotContain("psst");
        }
    }

    @Test
    void a_file_that_is_not_what_it_should_be_is_named_with_its_provider() throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong"), "secret");

        refused(
                push(Optional.of(apns(wrong, "production")), Optional.empty(), Optional.empty()),
                "push.apns cannot be used: " + wrong + " holds no key that Apple gives out (.p8)");
        refused(
                push(Optional.empty(), Optional.of(fcm(wrong, Optional.empty())), Optional.empty()),
                "push.fcm cannot be used: " + wrong + " is not JSON");
        refused(
                push(Optional.empty(), Optional.empty(), Optional.of(webPush(wrong))),
                "push.webpush cannot be used: " + wrong + " is no file of `parley push vapid`");
    }

    @Test
    void certificates_that_are_none_and_a_port_that_is_none_are_refused() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong"), "secret");
        Path account = serviceAccount(URI.create("https://localhost/token"));

        refused(
                push(Optional.empty(), Optional.of(fcm(account, Optional.of(wrong))), Optional.empty()),
                "push.fcm cannot be used: " + wrong + " holds no certificates in PEM");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() ->
                        desk(push(Optional.of(apns(wrong, "localhost:99999")), Optional.empty(), Optional.empty())))
                .withMessageStartingWith("push.apns cannot be used: port out of range");
    }

    private static void refused(NodeConfig.Push push, String sentence) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> desk(push))
                .withMessage(sentence);
    }

    private static PushDesk desk(NodeConfig.Push push) {
        return PushProviders.desk(push, PushObserver.NONE, Clock.systemUTC());
    }

    private static NodeConfig.Push push(
            Optional<NodeConfig.Apns> apns, Optional<NodeConfig.Fcm> fcm, Optional<NodeConfig.WebPush> webPush) {
        return new NodeConfig.Push(false, Duration.ofSeconds(60), Duration.ofDays(1), apns, fcm, webPush);
    }

    private static NodeConfig.Apns apns(Path key, String endpoint) {
        return new NodeConfig.Apns(key, "ABCDE12345", "FGHIJ67890", "org.example", endpoint, Optional.empty(), 10);
    }

    private static NodeConfig.Fcm fcm(Path account, Optional<Path> certificates) {
        return new NodeConfig.Fcm(account, URI.create("https://fcm.googleapis.com"), certificates, 10);
    }

    private static NodeConfig.WebPush webPush(Path key) {
        return new NodeConfig.WebPush(key, "mailto:a@example.org", false, Optional.empty(), 10);
    }

    private Path serviceAccount(URI tokenUrl) throws Exception {
        String key = TestCertificate.pem(
                "PRIVATE KEY",
                KeyPairGenerator.getInstance("RSA")
                        .generateKeyPair()
                        .getPrivate()
                        .getEncoded());
        return Files.writeString(
                folder.resolve("fcm.json"),
                "{\"project_id\":\"p\",\"client_email\":\"x\",\"private_key_id\":\"k\",\"private_key\":\""
                        + key.replace("\n", "\\n") + "\",\"token_uri\":\"" + tokenUrl + "\"}");
    }

    private static PushResult send(PushDesk desk) throws Exception {
        PushEndpoint device = new PushEndpoint(ProviderKind.FCM, "device-token", Optional.empty());
        return desk.send(device, NOTICE).get(2, TimeUnit.MINUTES);
    }
}
