package dev.parley.node.push.apns;

import com.eatthepath.pushy.apns.ApnsClient;
import com.eatthepath.pushy.apns.ApnsClientBuilder;
import com.eatthepath.pushy.apns.DeliveryPriority;
import com.eatthepath.pushy.apns.PushNotificationResponse;
import com.eatthepath.pushy.apns.PushType;
import com.eatthepath.pushy.apns.auth.ApnsSigningKey;
import com.eatthepath.pushy.apns.util.SimpleApnsPayloadBuilder;
import com.eatthepath.pushy.apns.util.SimpleApnsPushNotification;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.push.NoticeFields;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.PushNotice;
import dev.parley.node.push.PushProvider;
import dev.parley.node.push.PushResult;
import dev.parley.node.push.TrustedCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends notices to Apple's devices over one HTTP/2 connection. Pushy waits for an answer for as long as the connection
/// lives, and for a connection without a bound: whoever gets no answer in time gives the connection up for a new one.
public final class ApnsProvider implements PushProvider {
    private static final Logger LOG = LoggerFactory.getLogger(ApnsProvider.class);
    private static final PushResult LATE = PushResult.Retry.later("apns did not answer in time");
    private static final int P256_BITS = 256;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    /// What Apple says of a device that is not reached with this token any more.
    private static final Set<String> DEAD = Set.of("Unregistered", "BadDeviceToken", "DeviceTokenNotForTopic");

    /// What Apple says with a status that would mean more.
    private static final Set<String> LATER = Set.of("ExpiredProviderToken", "IdleTimeout");

    private final String topic;
    private final ApnsClientBuilder builder;
    private final Duration timeToLive;
    private final Duration timeout;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile ApnsClient client;
    private boolean closed;

    /// A provider. Connects when the first notice is sent.
    ///
    /// @param timeToLive how long Apple keeps a push for a device that it cannot reach
    /// @throws IOException if a file cannot be read, or is not what it should be; its message shows no key
    public ApnsProvider(NodeConfig.Apns settings, Duration timeToLive, Duration timeout, Clock clock)
            throws IOException {
        this.topic = settings.topic();
        this.timeToLive = timeToLive;
        this.timeout = timeout;
        this.clock = clock;
        HostAndPort server = HostAndPort.of(settings.endpoint());
        this.builder = new ApnsClientBuilder()
                .setApnsServer(server.host(), server.port())
                .setSigningKey(key(settings))
                .setConnectionTimeout(timeout)
                .setGracefulShutdownTimeout(timeout);
        Optional<Path> trusted = settings.trustedCertificates();
        if (trusted.isPresent()) {
            builder.setTrustedServerCertificateChain(
                    TrustedCertificates.read(trusted.get()).toArray(X509Certificate[]::new));
        }
        this.client = builder.build();
    }

    @Override
    public ProviderKind kind() {
        return ProviderKind.APNS;
    }

    @Override
    public CompletableFuture<PushResult> send(PushEndpoint endpoint, PushNotice notice) {
        ApnsClient used = client;
        return used.sendNotification(notification(endpoint, notice))
                .handle(ApnsProvider::result)
                .completeOnTimeout(LATE, timeout.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(result -> {
                    if (result.equals(LATE)) {
                        giveUp(used);
                    }
                    return result;
                });
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            var _ = client.close();
        } finally {
            lock.unlock();
        }
    }

    /// Leaves a connection, for a new one unless that has been done.
    private void giveUp(ApnsClient used) {
        lock.lock();
        try {
            if (client.equals(used) && !closed) {
                LOG.warn("push connection given up, no answer in time: provider=apns");
                client = builder.build();
            }
        } catch (SSLException e) {
            throw new IllegalStateException("what was built once can be built again", e);
        } finally {
            lock.unlock();
        }
        var _ = used.close();
    }

    private SimpleApnsPushNotification notification(PushEndpoint endpoint, PushNotice notice) {
        return new SimpleApnsPushNotification(
                endpoint.token(),
                topic,
                payload(notice),
                clock.instant().plus(timeToLive),
                priority(notice),
                type(notice),
                NoticeFields.collapseKey(notice));
    }

    private static String payload(PushNotice notice) {
        SimpleApnsPayloadBuilder payload = new SimpleApnsPayloadBuilder();
        NoticeFields.withoutTexts(notice).forEach(payload::addCustomProperty);
        switch (notice) {
            case PushNotice.NewMessages messages ->
                payload.setAlertTitle(NoticeFields.title(messages))
                        .setAlertBody(NoticeFields.body(messages))
                        .setSound(SimpleApnsPayloadBuilder.DEFAULT_SOUND_FILENAME)
                        .setBadgeNumber(messages.badge())
                        .setThreadId(messages.conversationId())
                        .setMutableContent(true);
            // Beside this Apple allows nothing that a user would notice: the app sets the badge.
            case PushNotice.BadgeUpdate _ -> payload.setContentAvailable(true);
        }
        return payload.build();
    }

    private static DeliveryPriority priority(PushNotice notice) {
        return switch (notice) {
            case PushNotice.NewMessages _ -> DeliveryPriority.IMMEDIATE;
            case PushNotice.BadgeUpdate _ -> DeliveryPriority.CONSERVE_POWER;
        };
    }

    private static PushType type(PushNotice notice) {
        return switch (notice) {
            case PushNotice.NewMessages _ -> PushType.ALERT;
            case PushNotice.BadgeUpdate _ -> PushType.BACKGROUND;
        };
    }

    private static PushResult result(
            @Nullable PushNotificationResponse<SimpleApnsPushNotification> response, @Nullable Throwable failure) {
        if (response == null) {
            LOG.debug("push failed: provider=apns", failure);
            String why = failure == null ? "nothing" : failure.getClass().getSimpleName();
            return PushResult.Retry.later("apns got no answer: " + why);
        }
        int status = response.getStatusCode();
        String reason = response.getRejectionReason()
                .filter(text -> text.matches("[A-Za-z]{1,64}"))
                .orElse("");
        String detail = ("apns answered " + status + " " + reason).strip();
        if (response.isAccepted()) {
            return new PushResult.Accepted(detail);
        }
        if (DEAD.contains(reason)) {
            return new PushResult.Gone(detail);
        }
        return LATER.contains(reason) || status == TOO_MANY || status >= SERVER_ERROR
                ? PushResult.Retry.later(detail)
                : new PushResult.Rejected(detail);
    }

    private static ApnsSigningKey key(NodeConfig.Apns settings) throws IOException {
        ApnsSigningKey key;
        try (InputStream file = Files.newInputStream(settings.keyFile())) {
            key = signingKey(file, settings);
        }
        if (key.getParams().getOrder().bitLength() != P256_BITS) {
            throw new IOException(settings.keyFile() + " holds no key of P-256");
        }
        return key;
    }

    private static ApnsSigningKey signingKey(InputStream file, NodeConfig.Apns settings) throws IOException {
        try {
            return ApnsSigningKey.loadFromInputStream(file, settings.teamId(), settings.keyId());
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new IOException(settings.keyFile() + " holds no key that Apple gives out (.p8)", e);
        }
    }

    private record HostAndPort(String host, int port) {

        static HostAndPort of(String endpoint) {
            return switch (endpoint) {
                case "production" ->
                    new HostAndPort(ApnsClientBuilder.PRODUCTION_APNS_HOST, ApnsClientBuilder.DEFAULT_APNS_PORT);
                case "development" ->
                    new HostAndPort(ApnsClientBuilder.DEVELOPMENT_APNS_HOST, ApnsClientBuilder.DEFAULT_APNS_PORT);
                default -> {
                    int colon = endpoint.lastIndexOf(':');
                    yield new HostAndPort(
                            endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1)));
                }
            };
        }
    }
}
