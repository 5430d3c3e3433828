package dev.parley.node.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a node really answers is what its own documents say: every operation and every frame.
class DocumentedAnswersTest {
    private static final Map<String, String> SERVER_FRAMES = Map.ofEntries(
            Map.entry("hello", "Hello"),
            Map.entry("message.ack", "MessageAck"),
            Map.entry("message.new", "MessageNew"),
            Map.entry("sync.batch", "SyncBatch"),
            Map.entry("sync.done", "SyncDone"),
            Map.entry("receipt.delivered", "ReceiptDelivered"),
            Map.entry("receipt.read", "ReceiptRead"),
            Map.entry("typing", "MemberTyping"),
            Map.entry("presence.changed", "PresenceChanged"),
            Map.entry("drain", "Drain"),
            Map.entry("pong", "Pong"),
            Map.entry("error", "ErrorFrame"));

    private final Set<String> operationsSeen = new TreeSet<>();
    private EdgeFixture edge;
    private ServedDocuments documents;
    private String ann;
    private String bob;
    private String direct;

    @BeforeEach
    void start() throws Exception {
        edge = EdgeFixture.start();
        documents = new ServedDocuments(
                edge.get("/openapi.yaml", "").body(),
                edge.get("/asyncapi.yaml", "").body());
        ann = edge.session("ann", "d1");
        bob = edge.session("bob", "d1");
        edge.session("bob", "d2");
        direct = edge.direct(ann, "ann", "bob");
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    @Test
    void every_operation_is_served_and_answers_as_documented() throws Exception {
        String group = edge.group(ann, List.of("bob"));
        String conversation = "/v1/conversations/{conversationId}";
        Map<String, String> ids = new HashMap<>(Map.of("conversationId", group, "userId", "bob", "deviceId", "d2"));

        check("GET /openapi.yaml", ids, "", "");
        check("GET /asyncapi.yaml", ids, "", "");
        check("POST /v1/sessions/bootstrap", ids, edge.bearer("eve"), "{\"deviceId\":\"d\",\"platform\":\"web\"}");
        check("POST /v1/conversations/direct", ids, bob, "{\"participantIds\":[\"bob\",\"eve\"]}");
        check(
                "POST /v1/conversations/group",
                ids,
                bob,
                "{\"title\":\"T\",\"participantIds\":[\"ann\"],\"clientConversationId\":\"g\"}");
        check("POST " + conversation + "/members", ids, ann, "{\"userId\":\"eve\",\"role\":\"admin\"}");
        check("GET " + conversation + "/members", ids, ann, "");
        check("POST " + conversation + "/messages", ids, ann, EdgeFixture.message("m", "ann", "hello"));
        check("GET " + conversation + "/messages", ids, bob, "");
        check("POST " + conversation + "/read-cursors", ids, bob, "{\"deviceId\":\"d1\",\"readThroughSeq\":1}");
        check("PUT " + conversation + "/muted", ids, bob, "{\"muted\":true}");
        check("GET /v1/conversations", ids, bob, "");
        check("GET /v1/sync?since=0", ids, bob, "");
        await().untilAsserted(() -> check("GET /v1/users/{userId}/presence", ids, ann, ""));
        check("PUT /v1/me/blocks/{userId}", ids, ann, "");
        check("GET /v1/me", ids, ann, "");
        check("GET /v1/me/settings", ids, ann, "");
        check("PATCH /v1/me/settings", ids, ann, "{\"readReceipts\":false}");
        check("DELETE /v1/me/blocks/{userId}", ids, ann, "");
        check("DELETE " + conversation + "/members/{userId}", ids, ann, "");
        check("GET /v1/devices", ids, bob, "");
        check(
                "POST /v1/devices/{deviceId}/push-endpoints",
                Map.of("deviceId", "d1"),
                bob,
                "{\"provider\":\"fcm\",\"token\":\"fcm-token-0123456789\"}");
        check("DELETE /v1/devices/{deviceId}/push-endpoints", Map.of("deviceId", "d1"), bob, "");
        check("DELETE /v1/devices/{deviceId}", ids, bob, "");

        assertThat(operationsSeen).isEqualTo(documents.operations());
    }

    @Test
    void every_operation_answers_a_failure_as_documented() throws Exception {
        Map<String, String> ids = Map.of("conversationId", "c_nowhere", "userId", "ghost", "deviceId", "none");
        for (String operation : documents.operations()) {
            if (!operation.endsWith(".yaml")) {
                HttpResponse<String> withoutToken = call(operation, ids, "", "{}");
                HttpResponse<String> nonsense = call(operation, ids, ann, "nonsense");

                assertThat(withoutToken.statusCode()).as(operation).isEqualTo(401);
                assertThat(documents.faults(operation, withoutToken))
                        .as(operation)
                        .isEmpty();
                assertThat(documents.faults(operation, nonsense)).as(operation).isEmpty();
            }
        }
    }

    @Test
    void every_frame_is_sent_as_documented() throws Exception {
        Set<String> seen = new TreeSet<>();
        try (RawSocket annsSocket = RawSocket.connect(edge);
                RawSocket bobsSocket = RawSocket.connect(edge)) {
            annsSocket.handshake(Map.of("Authorization", "Bearer " + ann));
            bobsSocket.handshake(Map.of("Authorization", "Bearer " + bob));
            takeUntil("hello", annsSocket, seen);
            takeUntil("hello", bobsSocket, seen);
            annsSocket.text("{\"type\":\"ping\",\"ref\":\"r\"}");
            takeUntil("pong", annsSocket, seen);
            annsSocket.text("{\"type\":\"message.send\",\"ref\":\"r\",\"conversationId\":\"" + direct
                    + "\",\"clientMessageId\":\"m\",\"body\":{\"kind\":\"text\",\"text\":\"hi\"}}");
            takeUntil("message.ack", annsSocket, seen);
            takeUntil("message.new", bobsSocket, seen);
            bobsSocket.text(
                    "{\"type\":\"cursor.delivered\",\"conversationId\":\"" + direct + "\",\"deliveredThroughSeq\":1}");
            takeUntil("receipt.delivered", annsSocket, seen);
            bobsSocket.text("{\"type\":\"cursor.read\",\"conversationId\":\"" + direct + "\",\"readThroughSeq\":1}");
            takeUntil("receipt.read", annsSocket, seen);
            bobsSocket.text("{\"type\":\"sync.start\",\"cursors\":{\"" + direct + "\":0}}");
            takeUntil("sync.batch", bobsSocket, seen);
            takeUntil("sync.done", bobsSocket, seen);
            bobsSocket.text("{\"type\":\"typing\",\"conversationId\":\"" + direct + "\"}");
            takeUntil("typing", annsSocket, seen);
            bobsSocket.text("{\"type\":\"presence.watch\",\"userIds\":[\"bob\"],\"conversationIds\":[\"" + direct
                    + "\"],\"ref\":\"r\"}");
            takeUntil("presence.changed", bobsSocket, seen);
            bobsSocket.text("nonsense");
            takeUntil("error", bobsSocket, seen);
            edge.server.drain(Duration.ofMillis(50));
            takeUntil("drain", bobsSocket, seen);
        }
        assertThat(seen).isEqualTo(SERVER_FRAMES.keySet());
    }

    private void check(String request, Map<String, String> ids, String token, String body) throws Exception {
        HttpResponse<String> response = call(request, ids, token, body);
        String operation = request.replaceAll("\\?.*", "");

        assertThat(response.statusCode()).as(operation + ": " + response.body()).isBetween(200, 299);
        assertThat(documents.faults(operation, response)).as(operation).isEmpty();
        operationsSeen.add(operation);
    }

    private HttpResponse<String> call(String operation, Map<String, String> ids, String token, String body)
            throws Exception {
        String[] words = operation.split(" ", 2);
        String path = words[1];
        for (Map.Entry<String, String> id : ids.entrySet()) {
            path = path.replace("{" + id.getKey() + "}", id.getValue());
        }
        return edge.call(words[0], path, token, body);
    }

    private void takeUntil(String type, RawSocket socket, Set<String> seen) throws Exception {
        String actual = "";
        while (!actual.equals(type)) {
            String frame = socket.read().payload();
            actual = ServedDocuments.typeOf(frame);
            assertThat(SERVER_FRAMES).containsKey(actual);
            assertThat(documents.frameFaults(SERVER_FRAMES.getOrDefault(actual, ""), frame))
                    .as(frame)
                    .isEmpty();
            seen.add(actual);
        }
    }
}
