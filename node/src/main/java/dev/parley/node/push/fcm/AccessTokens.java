package dev.parley.node.push.fcm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parley.node.push.PushResult;
import dev.parley.node.push.RetryAfter;
import dev.parley.node.push.https.HttpsClient;
import dev.parley.node.push.https.HttpsOutcome;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The access token of a service account, kept until shortly before its end. One thread fetches, the others wait for
/// it. Thread-safe.
final class AccessTokens {

    /// What asking for a token gave.
    sealed interface Access {

        /// A token that is good for some time yet.
        record Granted(String token) implements Access {

            /// Shows no token.
            @Override
            public String toString() {
                return "Granted[]";
            }
        }

        /// There is none now.
        record Denied(PushResult.Retry why) implements Access {}
    }

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration EARLY = Duration.ofMinutes(2);
    private static final long SECONDS_MAX = 86_400;
    private static final int OK = 200;

    private final ServiceAccount account;
    private final HttpsClient client;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable String token;
    private Instant end = Instant.EPOCH;

    AccessTokens(ServiceAccount account, HttpsClient client, Clock clock) {
        this.account = account;
        this.client = client;
        this.clock = clock;
    }

    /// The token, fetched if there is none. An interrupt ends the wait.
    Access get() {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return denied("fcm did not answer in time");
        }
        try {
            String kept = token;
            if (kept != null && clock.instant().isBefore(end.minus(EARLY))) {
                return new Access.Granted(kept);
            }
            return fetch();
        } finally {
            lock.unlock();
        }
    }

    /// Forgets a token that was refused, unless it has been replaced.
    void forget(String refused) {
        lock.lock();
        try {
            if (refused.equals(token)) {
                token = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private Access fetch() {
        Instant now = clock.instant();
        String form =
                "grant_type=" + URLEncoder.encode("urn:ietf:params:oauth:grant-type:jwt-bearer", StandardCharsets.UTF_8)
                        + "&assertion=" + account.assertion(now);
        HttpsOutcome outcome = client.post(
                account.tokenUrl(),
                Map.of("Content-Type", "application/x-www-form-urlencoded"),
                form.getBytes(StandardCharsets.US_ASCII));
        return switch (outcome) {
            case HttpsOutcome.Answered answered when answered.status() == OK -> granted(answered.body(), now);
            case HttpsOutcome.Answered answered ->
                new Access.Denied(new PushResult.Retry(
                        RetryAfter.parse(answered.retryAfter(), clock),
                        "fcm gave no access token: " + answered.status()));
            case HttpsOutcome.Failed failed -> denied("fcm gave no access token: " + failed.detail());
            case HttpsOutcome.NotPublic _ -> denied("fcm gave no access token: no public address");
        };
    }

    private Access granted(String body, Instant now) {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JsonProcessingException _) {
            return denied("fcm gave no access token: no JSON");
        }
        String fresh = json.path("access_token").asText();
        if (fresh.isEmpty() || !fresh.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            return denied("fcm gave no access token: none in the answer");
        }
        token = fresh;
        end = now.plusSeconds(Math.clamp(json.path("expires_in").asLong(), 0, SECONDS_MAX));
        return new Access.Granted(fresh);
    }

    private static Access denied(String why) {
        return new Access.Denied(PushResult.Retry.later(why));
    }
}
