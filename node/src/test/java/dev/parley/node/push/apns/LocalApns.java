package dev.parley.node.push.apns;

import com.eatthepath.pushy.apns.auth.ApnsVerificationKey;
import com.eatthepath.pushy.apns.server.MockApnsServer;
import com.eatthepath.pushy.apns.server.MockApnsServerBuilder;
import com.eatthepath.pushy.apns.server.PushNotificationHandler;
import com.eatthepath.pushy.apns.server.ValidatingPushNotificationHandlerFactory;
import dev.parley.node.push.https.TestCertificate;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// Pushy's imitation of Apple's server on this machine: checks the token of each push as Apple would, and then does
/// what
/// the test says.
final class LocalApns implements AutoCloseable {
    static final String TEAM = "TEAM567890";
    static final String KEY = "KEY4567890";
    static final String TOPIC = "org.example.parley";
    static final String DEVICE = "ab".repeat(32);
    static final String UNINSTALLED = "cd".repeat(32);

    /// A push as it came in.
    record Push(String path, Map<String, String> headers, String payload) {

        String header(String name) {
            return headers.getOrDefault(name, "none");
        }
    }

    private static final List<String> HEADERS =
            List.of("apns-topic", "apns-priority", "apns-push-type", "apns-collapse-id", "apns-expiration");

    private final MockApnsServer server;
    private final int port;
    private final List<Push> pushes = new CopyOnWriteArrayList<>();
    private volatile PushNotificationHandler then = (headers, payload) -> {};

    LocalApns(TestCertificate certificate, ECPublicKey key) throws Exception {
        ApnsVerificationKey known = new ApnsVerificationKey(KEY, TEAM, key);
        ValidatingPushNotificationHandlerFactory apple = new ValidatingPushNotificationHandlerFactory(
                Map.of(TOPIC, Set.of(DEVICE)),
                Map.of(UNINSTALLED, Instant.EPOCH),
                Map.of(KEY, known),
                Map.of(known, Set.of(TOPIC)));
        server = new MockApnsServerBuilder()
                .setServerCredentials(
                        certificate.certificateFile().toFile(),
                        certificate.keyFile().toFile(),
                        null)
                .setHandlerFactory(session -> {
                    PushNotificationHandler checks = apple.buildHandler(session);
                    return (headers, payload) -> {
                        pushes.add(push(headers, payload));
                        checks.handlePushNotification(headers, payload);
                        then.handlePushNotification(headers, payload);
                    };
                })
                .build();
        port = server.start(0).get(1, TimeUnit.MINUTES);
    }

    /// What is done with a push that Apple would take.
    void then(PushNotificationHandler how) {
        then = how;
    }

    /// Forgets what came in, and takes everything again.
    void reset() {
        pushes.clear();
        then = (headers, payload) -> {};
    }

    List<Push> pushes() {
        return pushes;
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        server.shutdown().orTimeout(1, TimeUnit.MINUTES).join();
    }

    private static Push push(Http2Headers headers, ByteBuf payload) {
        Map<String, String> kept = new HashMap<>();
        for (String name : HEADERS) {
            kept.put(name, String.valueOf(headers.get(name)));
        }
        return new Push(headers.path().toString(), Map.copyOf(kept), payload.toString(StandardCharsets.UTF_8));
    }
}
