package dev.parley.jepsen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.client.ClientOptions;
import dev.parley.client.InMemoryDeviceStore;
import dev.parley.client.LiveSession;
import dev.parley.client.ParleyClient;
import dev.parley.client.SendOutcome;
import dev.parley.protocol.Rest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pushes of real nodes to a real push service, across the death of the node that sends them.
class PushTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int COORDINATE_BYTES = 32;
    private static final int AUTH_BYTES = 16;

    @TempDir
    private Path folder = Path.of("");

    /// The process dies with the push at the service and no answer: nobody knows whether it got there. It is
    /// sent
    /// again, once.
    @Test
    void a_node_killed_between_commit_and_answer_still_sends_the_push_and_at_most_twice() throws Exception {
        try (PushService service = PushService.start(folder);
                LocalCluster cluster = LocalCluster.start(folder, 1, settings(service))) {
            URI url = cluster.urls().getFirst();
            String annsToken = cluster.token("ann");
            String bobsToken = cluster.token("bob");
            try (ParleyClient ann = client(url, annsToken);
                    ParleyClient bob = client(url, bobsToken)) {
                bob.userId();
                bob.pushTo(subscription(service.endpoint("bob")));
                service.beSilent(true);
                try (LiveSession session = ann.connect(new InMemoryDeviceStore(), _ -> {})) {
                    assertThat(session.awaitOnline(PATIENCE)).isTrue();
                    SendOutcome outcome =
                            session.send(ann.direct("bob"), "wake up").get(60, TimeUnit.SECONDS);
                    assertThat(outcome).isInstanceOf(SendOutcome.Acknowledged.class);
                    await().atMost(PATIENCE).until(() -> service.received.size() == 1);
                }

                cluster.kill(0);
                service.beSilent(false);
                cluster.restart(0);
                cluster.awaitReady(0);

                await().atMost(PATIENCE).until(() -> service.answered.size() == 1);
                assertThat(service.received).containsExactly("/bob", "/bob");

                // What was noted as pushed is not pushed again, after another death either.
                cluster.kill(0);
                cluster.restart(0);
                cluster.awaitReady(0);
                try (LiveSession session = ann.connect(new InMemoryDeviceStore(), _ -> {})) {
                    assertThat(session.awaitOnline(PATIENCE)).isTrue();
                    session.send(ann.direct("bob"), "and again").get(60, TimeUnit.SECONDS);
                }
                await().atMost(PATIENCE).until(() -> service.answered.size() == 2);
                assertThat(service.received).hasSize(3);
            }
        }
    }

    private static ParleyClient client(URI url, String token) {
        return new ParleyClient(
                ClientOptions.of(List.of(url), () -> token, "phone").with(Patience.TIMING));
    }

    /// Quick to know who is not here, with a push service on this machine.
    private String settings(PushService service) throws Exception {
        return """
                presence: {heartbeat: 1s, offline-after: 10s}
                push:
                  webpush:
                    key-file: %s
                    subject: mailto:admin@example.org
                    allow-private-addresses: true
                    trusted-certificates: %s
                """.formatted(vapidKey(), service.certificate());
    }

    private Path vapidKey() throws Exception {
        KeyPair pair = keyPair();
        Path file = Files.createFile(
                folder.resolve("vapid.pem"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(
                file,
                pem("PRIVATE KEY", pair.getPrivate().getEncoded())
                        + pem("PUBLIC KEY", pair.getPublic().getEncoded()),
                StandardCharsets.US_ASCII);
    }

    private static Rest.PushEndpointRequest subscription(String endpoint) throws Exception {
        ECPublicKey key = (ECPublicKey) keyPair().getPublic();
        byte[] point = new byte[1 + 2 * COORDINATE_BYTES];
        point[0] = 4;
        copy(key.getW().getAffineX().toByteArray(), point, 1);
        copy(key.getW().getAffineY().toByteArray(), point, 1 + COORDINATE_BYTES);
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return new Rest.PushEndpointRequest(
                "webpush",
                endpoint,
                Optional.of(
                        new Rest.PushKeys(base64.encodeToString(point), base64.encodeToString(new byte[AUTH_BYTES]))));
    }

    private static void copy(byte[] number, byte[] point, int at) {
        byte[] digits = number.length > COORDINATE_BYTES
                ? Arrays.copyOfRange(number, number.length - COORDINATE_BYTES, number.length)
                : number;
        System.arraycopy(digits, 0, point, at + COORDINATE_BYTES - digits.length, digits.length);
    }

    private static KeyPair keyPair() throws Exception {
        KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
        pairs.initialize(new ECGenParameterSpec("secp256r1"));
        return pairs.generateKeyPair();
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type
                + "-----\n";
    }
}
