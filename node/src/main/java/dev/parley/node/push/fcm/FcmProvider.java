package dev.parley.node.push.fcm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parley.node.push.NoticeFields;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.PushNotice;
import dev.parley.node.push.PushProvider;
import dev.parley.node.push.PushResult;
import dev.parley.node.push.PushTasks;
import dev.parley.node.push.RetryAfter;
import dev.parley.node.push.https.HttpsClient;
import dev.parley.node.push.https.HttpsOutcome;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Sends notices to Android devices as data messages, which the app shows itself: only these are collapsed by
/// conversation, and the app can take back what it has shown.
public final class FcmProvider implements PushProvider {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int TIMED_OUT = 408;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    /// A 404 without it comes from a wrong URL or project, and says nothing of the device.
    private static final String UNREGISTERED = "UNREGISTERED";

    private static final Set<String> ERROR_CODES = Set.of(
            UNREGISTERED,
            "INVALID_ARGUMENT",
            "SENDER_ID_MISMATCH",
            "QUOTA_EXCEEDED",
            "UNAVAILABLE",
            "INTERNAL",
            "THIRD_PARTY_AUTH_ERROR");

    private final HttpsClient client;
    private final URI url;
    private final Duration timeToLive;
    private final Clock clock;
    private final AccessTokens tokens;
    private final PushTasks tasks;

    /// A provider.
    ///
    /// @param baseUrl `https://fcm.googleapis.com`
    /// @param timeToLive how long Google keeps a push for a device that it cannot reach
    public FcmProvider(
            ServiceAccount account,
            URI baseUrl,
            HttpsClient client,
            Duration timeToLive,
            Duration timeout,
            Clock clock) {
        this.client = client;
        this.url = baseUrl.resolve("/v1/projects/" + account.projectId() + "/messages:send");
        this.timeToLive = timeToLive;
        this.clock = clock;
        this.tokens = new AccessTokens(account, client, clock);
        this.tasks = new PushTasks(ProviderKind.FCM, timeout);
    }

    @Override
    public ProviderKind kind() {
        return ProviderKind.FCM;
    }

    @Override
    public CompletableFuture<PushResult> send(PushEndpoint endpoint, PushNotice notice) {
        return tasks.start(() -> push(message(endpoint, notice), true));
    }

    @Override
    public void close() {
        tasks.close();
    }

    private PushResult push(byte[] message, boolean again) {
        return switch (tokens.get()) {
            case AccessTokens.Access.Denied denied -> denied.why();
            case AccessTokens.Access.Granted granted -> push(message, granted.token(), again);
        };
    }

    private PushResult push(byte[] message, String token, boolean again) {
        HttpsOutcome outcome = client.post(
                url,
                Map.of("Authorization", "Bearer " + token, "Content-Type", "application/json; charset=utf-8"),
                message);
        return switch (outcome) {
            case HttpsOutcome.Failed failed -> PushResult.Retry.later("fcm got no answer: " + failed.detail());
            case HttpsOutcome.NotPublic _ -> PushResult.Retry.later("fcm leads to no public address");
            case HttpsOutcome.Answered answered
            when answered.status() == UNAUTHORIZED -> {
                tokens.forget(token);
                yield again ? push(message, false) : PushResult.Retry.later("fcm answered 401");
            }
            case HttpsOutcome.Answered answered -> result(answered);
        };
    }

    private PushResult result(HttpsOutcome.Answered answered) {
        int status = answered.status();
        String code = errorCode(answered.body());
        String detail = ("fcm answered " + status + " " + code).strip();
        if (status == OK) {
            return new PushResult.Accepted(detail);
        }
        if (code.equals(UNREGISTERED)) {
            return new PushResult.Gone(detail);
        }
        boolean later = status == TIMED_OUT || status == TOO_MANY || status >= SERVER_ERROR;
        return later
                ? new PushResult.Retry(RetryAfter.parse(answered.retryAfter(), clock), detail)
                : new PushResult.Rejected(detail);
    }

    /// FCM's own code for what is wrong, if it gives one that is known.
    private static String errorCode(String body) {
        try {
            JsonNode error = JSON.readTree(body).path("error");
            for (JsonNode each : error.path("details")) {
                String code = each.path("errorCode").asText();
                if (ERROR_CODES.contains(code)) {
                    return code;
                }
            }
            String status = error.path("status").asText();
            return ERROR_CODES.contains(status) ? status : "";
        } catch (JsonProcessingException _) {
            return ""; // the status says enough
        }
    }

    private byte[] message(PushEndpoint endpoint, PushNotice notice) {
        Map<String, Object> android = Map.of(
                "collapse_key", NoticeFields.collapseKey(notice),
                "ttl", timeToLive.toSeconds() + "s",
                "priority", priority(notice));
        Map<String, Object> message =
                Map.of("token", endpoint.token(), "data", NoticeFields.of(notice), "android", android);
        try {
            return JSON.writeValueAsBytes(Map.of("message", message));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can be written", e);
        }
    }

    private static String priority(PushNotice notice) {
        return switch (notice) {
            case PushNotice.NewMessages _ -> "HIGH";
            case PushNotice.BadgeUpdate _ -> "NORMAL";
        };
    }
}
