package dev.parley.jepsen.workload;

import dev.parley.client.socket.WebSocketLink;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One device of one user. Each call is one attempt at one node: what a history needs, where a client library
/// would try
/// again. A session token is good at every node.
final class Caller {

    static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int PAGE = 100;

    private final HttpClient http;
    private final String userId;
    private final String sessionToken;

    private Caller(HttpClient http, String userId, String sessionToken) {
        this.http = http;
        this.userId = userId;
        this.sessionToken = sessionToken;
    }

    /// The answer, or why there is none.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(Outcome outcome, byte[] body) {

        boolean isOk() {
            return outcome.type() == dev.parley.jepsen.history.Op.Type.OK;
        }
    }

    /// Makes the session; the cluster must be well.
    static Caller of(HttpClient http, URI node, String bearer, String deviceId) throws InterruptedException {
        Caller unknown = new Caller(http, "", bearer);
        Rest.BootstrapRequest request = new Rest.BootstrapRequest(deviceId, "cli");
        Answer answer = unknown.call(node, "POST", "/v1/sessions/bootstrap", Optional.of(request));
        if (!answer.isOk()) {
            throw new IllegalStateException("no session at " + node + ": " + answer.outcome());
        }
        Rest.BootstrapResponse response = RestJson.decodeBootstrapResponse(answer.body());
        return new Caller(http, response.userId(), response.sessionToken());
    }

    String userId() {
        return userId;
    }

    Answer post(URI node, String conversationId, String clientMessageId, String text) throws InterruptedException {
        return call(
                node,
                "POST",
                "/v1/conversations/" + conversationId + "/messages",
                Optional.of(new Rest.PostMessageRequest(clientMessageId, userId, new MessageBody.Text(text))));
    }

    Answer page(URI node, String conversationId, long afterSeq) throws InterruptedException {
        String query = "/messages?afterSeq=" + afterSeq + "&limit=" + PAGE;
        return call(node, "GET", "/v1/conversations/" + conversationId + query, Optional.empty());
    }

    Answer markRead(URI node, String conversationId, String deviceId, long throughSeq) throws InterruptedException {
        return call(
                node,
                "POST",
                "/v1/conversations/" + conversationId + "/read-cursors",
                Optional.of(new Rest.ReadCursorRequest(deviceId, throughSeq)));
    }

    /// All records of a conversation as one node shows them.
    ///
    /// @return empty if the node did not answer one of the pages
    Optional<List<Message>> whole(URI node, String conversationId) throws InterruptedException {
        List<Message> all = new java.util.ArrayList<>();
        long after = 0;
        boolean more = true;
        while (more) {
            Answer answer = page(node, conversationId, after);
            if (!answer.isOk()) {
                return Optional.empty();
            }
            Rest.MessagePage page = RestJson.decodeMessagePage(answer.body());
            all.addAll(page.messages());
            after = page.nextAfterSeq();
            more = page.hasMore();
        }
        return Optional.of(all);
    }

    WebSocketLink openLink(URI node) throws IOException {
        URI socket = URI.create("ws://" + node.getAuthority() + "/connect");
        return WebSocketLink.open(socket, sessionToken, "parley.v1", PATIENCE);
    }

    Answer call(URI node, String method, String path, Optional<Rest.Body> body) throws InterruptedException {
        HttpRequest.BodyPublisher publisher = body.isPresent()
                ? HttpRequest.BodyPublishers.ofByteArray(RestJson.encode(body.get()))
                : HttpRequest.BodyPublishers.noBody();
        HttpRequest request = HttpRequest.newBuilder(node.resolve(path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + sessionToken)
                .header("Content-Type", "application/json")
                .method(method, publisher)
                .build();
        boolean write = !method.equals("GET");
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(Outcome.ofStatus(response.statusCode(), response.body(), write), response.body());
        } catch (IOException e) {
            return new Answer(Outcome.ofFailure(e, write), new byte[0]);
        }
    }
}
