package dev.parley.node.edge;

import dev.parley.node.auth.ClusterSecret;
import dev.parley.node.auth.DeviceDirectory;
import dev.parley.node.auth.TokenAuthority;
import dev.parley.node.auth.TokenSettings;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.presence.Presence;
import dev.parley.node.presence.PresenceLink;
import dev.parley.node.presence.PresenceReply;
import dev.parley.node.presence.PresenceReport;
import dev.parley.node.presence.PresenceSettings;
import dev.parley.node.presence.PresenceState;
import dev.parley.node.push.AcceptedEndpoints;
import dev.parley.node.push.EndpointRules;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.session.MemoryChat;
import dev.parley.node.session.RateLimits;
import dev.parley.node.session.SessionRegistry;
import dev.parley.node.session.Typing;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import dev.parley.raftstorage.NodeId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/// An edge on a free loopback port, over the real rules in memory, and clients for it.
final class EdgeFixture implements AutoCloseable {
    static final String EPOCH = "e-test";
    static final ClusterSecret SECRET =
            new ClusterSecret("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8));

    final MemoryChat chat = new MemoryChat();
    final TokenAuthority tokens = new TokenAuthority(TokenSettings.ownTokensOnly(SECRET, EPOCH), Clock.systemUTC());
    final DeviceDirectory devices = new DeviceDirectory(chat);
    final Presence presence = presence();
    final SessionRegistry sessions = new SessionRegistry(MemoryChat.PARTITIONING.partitions(), devices, presence);
    final EdgeParts parts;
    final EdgeServer server;
    private final HttpClient http = HttpClient.newHttpClient();

    private static final PresenceLink NO_OTHERS = new PresenceLink() {
        @Override
        public CompletableFuture<Optional<PresenceReply>> report(NodeId leader, PresenceReport report) {
            return CompletableFuture.completedFuture(Optional.empty());
        }

        @Override
        public void push(NodeId gateway, List<PresenceState> changes) {
            throw new AssertionError("there is no " + gateway);
        }
    };

    private EdgeFixture(EdgeSettings settings) throws EdgeStartException {
        chat.deliverTo(sessions);
        parts = new EdgeParts(
                chat,
                MemoryChat.PARTITIONING,
                tokens,
                devices,
                sessions,
                new Typing(chat, sessions, _ -> {}),
                presence,
                new AcceptedEndpoints(new EndpointRules(false), Set.of(ProviderKind.FCM, ProviderKind.WEBPUSH)),
                EPOCH);
        server = EdgeServer.start(settings, parts);
        chat.feedLists();
        presence.start();
    }

    /// Of one node, which leads everything.
    private Presence presence() {
        NodeId self = new NodeId("n1");
        LeaderBoard leaders = new LeaderBoard(self);
        for (int partition = 0; partition < MemoryChat.PARTITIONING.partitions(); partition++) {
            leaders.leadershipChanged(Partitioning.group(partition), 1, Optional.of(self), true);
        }
        return new Presence(
                new Presence.Place(self, MemoryChat.PARTITIONING, leaders),
                chat,
                NO_OTHERS,
                new PresenceSettings(Duration.ofMillis(400), Duration.ofSeconds(1)),
                Presence.Time.system());
    }

    /// Without rate limits, otherwise with the defaults.
    static EdgeFixture start() throws EdgeStartException {
        return start(settings -> settings);
    }

    static EdgeFixture start(UnaryOperator<EdgeSettings> change) throws EdgeStartException {
        EdgeSettings settings = EdgeSettings.at("127.0.0.1", 0).withRates(RateLimits.Settings.off());
        return new EdgeFixture(change.apply(settings));
    }

    /// A bearer token of a user.
    String bearer(String userId) {
        return tokens.issueBearer(userId, Duration.ofHours(1)).token();
    }

    /// A session token of a device that is registered by bootstrap.
    String session(String userId, String deviceId) throws Exception {
        HttpResponse<String> response = call(
                "POST",
                "/v1/sessions/bootstrap",
                bearer(userId),
                "{\"deviceId\":\"%s\",\"platform\":\"cli\"}".formatted(deviceId));
        return RestJson.decodeBootstrapResponse(bytes(response)).sessionToken();
    }

    /// The id of the direct conversation of the session's user and another.
    String direct(String token, String userId, String otherId) throws Exception {
        HttpResponse<String> response = call(
                "POST",
                "/v1/conversations/direct",
                token,
                "{\"participantIds\":[\"%s\",\"%s\"]}".formatted(userId, otherId));
        return RestJson.decodeConversationCreated(bytes(response)).conversationId();
    }

    /// The id of a new group that the session's user owns.
    String group(String token, List<String> others) throws Exception {
        String names = "\"" + String.join("\",\"", others) + "\"";
        HttpResponse<String> response = call(
                "POST",
                "/v1/conversations/group",
                token,
                "{\"title\":\"Crew\",\"participantIds\":[%s],\"clientConversationId\":\"g-1\"}".formatted(names));
        return RestJson.decodeConversationCreated(bytes(response)).conversationId();
    }

    /// Posts a text over REST.
    Rest.PostMessageResponse post(String token, String conversationId, String clientMessageId, String text)
            throws Exception {
        String senderId = tokens.verifySession(Optional.of(token)).userId();
        HttpResponse<String> response =
                call("POST", messages(conversationId), token, message(clientMessageId, senderId, text));
        return RestJson.decodePostMessageResponse(bytes(response));
    }

    static String message(String clientMessageId, String senderId, String text) {
        return "{\"clientMessageId\":\"%s\",\"senderId\":\"%s\",\"body\":{\"kind\":\"text\",\"text\":\"%s\"}}"
                .formatted(clientMessageId, senderId, text);
    }

    static String messages(String conversationId) {
        return "/v1/conversations/" + conversationId + "/messages";
    }

    /// Any call; an empty token sends no `Authorization`.
    HttpResponse<String> call(String method, String path, String token, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("http", path))
                .timeout(Duration.ofSeconds(20))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String token) throws Exception {
        return call("GET", path, token, "");
    }

    URI uri(String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + server.port() + path);
    }

    HttpClient http() {
        return http;
    }

    static Problem problem(HttpResponse<String> response) {
        return RestJson.decodeProblem(bytes(response));
    }

    static byte[] bytes(HttpResponse<String> response) {
        return response.body().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.shutdownNow();
        server.stop();
        presence.close();
        chat.close();
    }
}
