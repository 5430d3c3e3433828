package dev.parley.node.push.webpush;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parley.node.push.NoticeFields;
import dev.parley.node.push.P256;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.PushNotice;
import dev.parley.node.push.PushProvider;
import dev.parley.node.push.PushResult;
import dev.parley.node.push.PushTasks;
import dev.parley.node.push.RetryAfter;
import dev.parley.node.push.WebPushKeys;
import dev.parley.node.push.https.HttpsClient;
import dev.parley.node.push.https.HttpsOutcome;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Sends notices to browsers, encrypted so that only they can read them.
public final class WebPushProvider implements PushProvider {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int SERVER_ERROR = 500;

    private final VapidKey key;
    private final String subject;
    private final HttpsClient client;
    private final Duration timeToLive;
    private final Clock clock;
    private final PushTasks tasks;
    private final SecureRandom random = new SecureRandom();

    /// A provider.
    ///
    /// @param subject whom a push service may write to: `mailto:` or `https:`
    /// @param client must refuse addresses that are not public
    /// @param timeToLive how long a push service keeps a push for a browser that it cannot reach
    public WebPushProvider(
            VapidKey key, String subject, HttpsClient client, Duration timeToLive, Duration timeout, Clock clock) {
        this.key = key;
        this.subject = subject;
        this.client = client;
        this.timeToLive = timeToLive;
        this.clock = clock;
        this.tasks = new PushTasks(ProviderKind.WEBPUSH, timeout);
    }

    @Override
    public ProviderKind kind() {
        return ProviderKind.WEBPUSH;
    }

    @Override
    public CompletableFuture<PushResult> send(PushEndpoint endpoint, PushNotice notice) {
        return tasks.start(() -> push(endpoint, notice));
    }

    @Override
    public void close() {
        tasks.close();
    }

    private PushResult push(PushEndpoint endpoint, PushNotice notice) {
        URI url;
        byte[] body;
        try {
            url = URI.create(endpoint.token());
            body = encrypted(endpoint.keys().orElseThrow(IllegalArgumentException::new), notice);
        } catch (IllegalArgumentException _) {
            return new PushResult.Rejected("webpush endpoint is no subscription");
        }
        return result(client.post(url, headers(url, notice), body));
    }

    private byte[] encrypted(WebPushKeys keys, PushNotice notice) {
        Base64.Decoder decoder = Base64.getUrlDecoder();
        ECPublicKey browser = P256.decode(decoder.decode(keys.p256dh())).orElseThrow(IllegalArgumentException::new);
        byte[] salt = new byte[PayloadCipher.SALT_BYTES];
        random.nextBytes(salt);
        try {
            KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
            pairs.initialize(P256.parameters(), random);
            byte[] payload = JSON.writeValueAsBytes(NoticeFields.of(notice));
            return PayloadCipher.encrypt(payload, browser, decoder.decode(keys.auth()), pairs.generateKeyPair(), salt);
        } catch (GeneralSecurityException | JsonProcessingException e) {
            throw new IllegalStateException("every JDK has these", e);
        }
    }

    private Map<String, String> headers(URI url, PushNotice notice) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", key.authorization(url, subject, clock.instant()));
        headers.put("Content-Type", "application/octet-stream");
        headers.put("Content-Encoding", "aes128gcm");
        headers.put("TTL", Long.toString(timeToLive.toSeconds()));
        headers.put("Urgency", urgency(notice));
        headers.put("Topic", NoticeFields.collapseKey(notice));
        return headers;
    }

    private static String urgency(PushNotice notice) {
        return switch (notice) {
            case PushNotice.NewMessages messages -> messages.mention() ? "high" : "normal";
            case PushNotice.BadgeUpdate _ -> "low";
        };
    }

    private PushResult result(HttpsOutcome outcome) {
        return switch (outcome) {
            case HttpsOutcome.Answered answered -> result(answered);
            case HttpsOutcome.Failed failed -> PushResult.Retry.later("webpush got no answer: " + failed.detail());
            case HttpsOutcome.NotPublic _ -> new PushResult.Rejected("webpush endpoint leads to no public address");
        };
    }

    private PushResult result(HttpsOutcome.Answered answered) {
        String detail = "webpush answered " + answered.status();
        return switch (answered.status()) {
            case 200, 201, 202 -> new PushResult.Accepted(detail);
            case 404, 410 -> new PushResult.Gone(detail);
            case 408, 429 -> new PushResult.Retry(pause(answered), detail);
            default ->
                answered.status() >= SERVER_ERROR
                        ? new PushResult.Retry(pause(answered), detail)
                        : new PushResult.Rejected(detail);
        };
    }

    private Optional<Duration> pause(HttpsOutcome.Answered answered) {
        return RetryAfter.parse(answered.retryAfter(), clock);
    }
}
