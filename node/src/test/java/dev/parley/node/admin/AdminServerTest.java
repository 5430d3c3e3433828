package dev.parley.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parley.chat.AccountSettings;
import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.DevicePosition;
import dev.parley.chat.LogPlace;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.Refusal;
import dev.parley.chat.Role;
import dev.parley.node.config.ConfigFile;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.gate.GateException;
import dev.parley.node.health.NodeMetrics;
import dev.parley.node.health.Readiness;
import dev.parley.node.inbox.OutboxReport;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Problem;
import dev.parley.protocol.json.RestJson;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.GroupStatus.Follower;
import dev.parley.raftstorage.NodeId;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {
    private static final String TOKEN = "0123456789abcdef-admin";
    private static final DeadLetter.Numbered LETTER = new DeadLetter.Numbered(
            9, new DeadLetter(new DeadLetter.Push("alice", "c_1", "phone", "apns", 7), "HTTP 400", 5, 17));
    private static final QueryAnswer.TracedRecord TRACED = new QueryAnswer.TracedRecord(
            7,
            "m_7",
            "bob",
            99,
            Optional.of(new LogPlace(2, 77)),
            3,
            List.of(
                    new QueryAnswer.MemberState("alice", Role.MEMBER, 1, 6, 8, List.of(new DevicePosition("phone", 8))),
                    new QueryAnswer.MemberState("bob", Role.OWNER, 1, 7, 7)),
            List.of());
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private Path folder;

    private final AccountsGate gate = new AccountsGate();
    private final Readiness readiness = new Readiness();
    private @Nullable AdminServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void a_live_node_says_so_while_it_is_not_ready() throws IOException {
        readiness.gate("edge", "the client listener is not up yet");
        start("");

        assertThat(get("/livez").status()).isEqualTo(200);
        Answer ready = get("/readyz");
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.json().path("ready").asBoolean(true)).isFalse();
        assertThat(ready.json().path("reasons").path(0).asText()).isEqualTo("edge: the client listener is not up yet");
    }

    @Test
    void a_ready_node_answers_200_without_reasons() throws IOException {
        readiness.gate("edge", "not up").open();
        start("");

        Answer ready = get("/readyz");

        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.body()).isEqualTo("{\"ready\":true,\"reasons\":[]}\n");
    }

    @Test
    void metrics_are_prometheus_text() throws IOException {
        start("");

        Answer metrics = get("/metrics");

        assertThat(metrics.head()).contains("Content-Type: text/plain; version=0.0.4");
        assertThat(metrics.body()).contains("# TYPE parley_test gauge\nparley_test 1.0\n");
    }

    @Test
    void a_user_is_made_once_and_then_known() throws IOException {
        start("");

        assertThat(post("/admin/v1/users", "{\"userId\":\"alice\"}").status()).isEqualTo(201);
        Answer again = post("/admin/v1/users", "{\"userId\":\"alice\"}");

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo("{\"userId\":\"alice\"}\n");
        assertThat(gate.accounts).containsExactly("alice");
    }

    @Test
    void a_token_makes_the_account_and_must_not_be_cached() throws IOException {
        start("");

        Answer issued = post("/admin/v1/tokens", "{\"userId\":\"bob\",\"ttlSeconds\":60}");

        assertThat(issued.status()).isEqualTo(200);
        assertThat(issued.body()).isEqualTo("{\"token\":\"token-of-bob\",\"expiresAt\":\"1970-01-01T00:01:00Z\"}\n");
        assertThat(issued.head()).contains("Cache-Control: no-store");
        assertThat(gate.accounts).containsExactly("bob");
    }

    @Test
    void a_token_lives_a_day_unless_asked_otherwise() throws IOException {
        start("");

        Answer issued = post("/admin/v1/tokens", "{\"userId\":\"bob\"}");

        assertThat(issued.json().path("expiresAt").asText()).isEqualTo("1970-01-02T00:00:00Z");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                                  | MALFORMED
                    {                                   | MALFORMED
                    []                                  | MALFORMED
                    {"userId":"a"} x                    | MALFORMED
                    {"userId":"a","userId":"b"}         | MALFORMED
                    {}                                  | INVALID_FIELD
                    {"userId":7}                        | INVALID_FIELD
                    {"userId":""}                       | INVALID_FIELD
                    {"userId":"a b"}                    | INVALID_FIELD
                    {"userId":"a","ttlSeconds":0}       | INVALID_FIELD
                    {"userId":"a","ttlSeconds":1.5}     | INVALID_FIELD
                    {"userId":"a","ttlSeconds":"60"}    | INVALID_FIELD
                    {"userId":"a","ttlSeconds":99999999999999999999} | INVALID_FIELD
                    """)
    void a_wrong_body_is_refused_with_a_problem_and_makes_nothing(String body, ErrorCode code) throws IOException {
        start("");

        Answer answer = post("/admin/v1/tokens", body);

        assertProblem(answer, code);
        assertThat(gate.accounts).isEmpty();
    }

    @Test
    void a_user_id_that_is_too_long_is_refused() throws IOException {
        start("");

        assertProblem(post("/admin/v1/users", "{\"userId\":\"" + "x".repeat(65) + "\"}"), ErrorCode.INVALID_FIELD);
    }

    @Test
    void a_body_over_the_limit_is_refused() throws IOException {
        start("");

        assertProblem(post("/admin/v1/users", " ".repeat(65 * 1024)), ErrorCode.TOO_LARGE);
    }

    @ParameterizedTest
    @CsvSource({"NO_LEADER", "OUTCOME_UNKNOWN", "DISK_LOW"})
    void what_the_gate_cannot_do_is_answered_with_its_code(ErrorCode code) throws IOException {
        gate.failure = Optional.of(code);
        start("");

        assertProblem(post("/admin/v1/users", "{\"userId\":\"alice\"}"), code);
    }

    @Test
    void the_status_tells_of_cluster_node_and_partitions() throws IOException {
        readiness.gate("edge", "not up");
        start("");

        JsonNode status = get("/admin/v1/status").json();

        assertThat(status.path("cluster").toString())
                .isEqualTo("{\"name\":\"test\",\"partitions\":16,\"nodes\":["
                        + "{\"id\":\"n1\",\"httpUrl\":\"http://127.0.0.1:8080\",\"reachable\":true},"
                        + "{\"id\":\"n2\",\"httpUrl\":\"http://127.0.0.1:8081\",\"reachable\":false}]}");
        assertThat(status.path("node").path("id").asText()).isEqualTo("n1");
        assertThat(status.path("node").path("version").asText()).isEqualTo("test-version");
        assertThat(status.path("node").path("ready").asBoolean(true)).isFalse();
        assertThat(status.path("node").path("reasons").path(0).asText()).isEqualTo("edge: not up");
        assertThat(status.path("node").path("sessions").asInt()).isEqualTo(3);
        assertThat(status.path("node").path("uptimeSeconds").isIntegralNumber()).isTrue();
        assertThat(status.path("partitions").toString())
                .isEqualTo("[{\"group\":\"p-000\",\"state\":\"RUNNING\",\"reason\":\"\",\"role\":\"LEADER\","
                        + "\"ready\":true,\"term\":3,\"leader\":\"n1\",\"replicas\":[\"n1\",\"n2\"],"
                        + "\"commitIndex\":10,\"appliedIndex\":9,\"durableIndex\":8,"
                        + "\"followers\":[{\"node\":\"n2\",\"matchIndex\":7,\"silentMillis\":600}]}]");
    }

    @Test
    void other_paths_and_methods_are_problems() throws IOException {
        start("");

        assertProblem(get("/admin/v2"), ErrorCode.PATH_UNKNOWN);
        assertProblem(get("/admin/v1/users"), ErrorCode.METHOD_UNKNOWN);
        assertProblem(post("/readyz", "{}"), ErrorCode.METHOD_UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/admin/v1/status", "/readyz", "/metrics"})
    void a_web_page_is_refused(String path) throws IOException {
        start("");

        Answer answer = call("GET " + path, "Host: 127.0.0.1\r\nOrigin: https://evil.example.org\r\n", "");

        assertProblem(answer, ErrorCode.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example.org", "evil.example.org:9080", "127.0.0.1.evil.example.org", "10.0.0.1"})
    void a_name_that_is_not_ours_is_refused(String host) throws IOException {
        start("");

        assertProblem(call("GET /admin/v1/status", "Host: " + host + "\r\n", ""), ErrorCode.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost:9080", "[::1]:9080", "LOCALHOST"})
    void loopback_names_are_taken(String host) throws IOException {
        start("");

        assertThat(call("GET /admin/v1/status", "Host: " + host + "\r\n", "").status())
                .isEqualTo(200);
    }

    @Test
    void the_outbox_tells_what_is_pending_how_old_and_how_much_was_given_up() throws IOException {
        start("");

        assertThat(get("/admin/v1/outbox").body())
                .isEqualTo("{\"partitions\":[{\"partition\":2,\"group\":\"p-002\",\"pending\":17,"
                        + "\"oldestSeconds\":1.5,\"deadLetters\":1,\"dropped\":4,"
                        + "\"consumers\":{\"lists\":17,\"push\":3}}]}\n");
    }

    @Test
    void dead_letters_are_listed_retried_and_dropped() throws IOException {
        start("");

        JsonNode letter = get("/admin/v1/outbox/0/dead-letters?after=8&limit=1")
                .json()
                .path("letters")
                .path(0);
        assertThat(letter.path("number").asLong()).isEqualTo(9);
        assertThat(letter.path("kind").asText()).isEqualTo("push");
        assertThat(letter.path("reason").asText()).isEqualTo("HTTP 400");
        assertThat(post("/admin/v1/outbox/0/dead-letters/9/retry", "").status()).isEqualTo(200);
        assertThat(call("DELETE /admin/v1/outbox/0/dead-letters/9", "Host: 127.0.0.1\r\n", "")
                        .status())
                .isEqualTo(200);

        assertThat(gate.submitted)
                .containsExactly(new ChatCommand.RetryDeadLetter(0, 9), new ChatCommand.DropDeadLetter(0, 9));
    }

    @Test
    void a_dead_letter_or_partition_that_is_not_there_is_said_to_be_missing() throws IOException {
        start("");

        assertProblem(post("/admin/v1/outbox/0/dead-letters/8/retry", ""), ErrorCode.PATH_UNKNOWN);
        assertProblem(get("/admin/v1/outbox/64/dead-letters"), ErrorCode.PATH_UNKNOWN);
        assertProblem(get("/admin/v1/outbox/one/dead-letters"), ErrorCode.INVALID_FIELD);
        assertThat(gate.submitted).isEmpty();
    }

    @Test
    void a_message_is_traced_to_lists_devices_and_pushes() throws IOException {
        start("");

        JsonNode trace = get("/admin/v1/trace/c_1/m_7").json();

        assertThat(trace.path("seq").asLong()).isEqualTo(7);
        assertThat(trace.path("acceptedAt").asText()).isEqualTo("1970-01-01T00:00:00.099Z");
        assertThat(trace.path("raftIndex").asLong()).as("index").isEqualTo(77);
        assertThat(trace.path("outbox").toString()).isEqualTo("{\"state\":\"pending\",\"pending\":3}");
        JsonNode alice = trace.path("members").path(0);
        assertThat(alice.path("delivered").asBoolean()).isTrue();
        assertThat(alice.path("read").asBoolean(true)).isFalse();
        assertThat(alice.path("listed").asBoolean(true)).isFalse();
        assertThat(alice.path("devices").toString())
                .isEqualTo("[{\"deviceId\":\"phone\",\"delivered\":true,\"deliveredSeq\":8}]");
        assertThat(alice.path("pushes").path(0).path("outcome").asText()).isEqualTo("HTTP 200");
        assertThat(alice.path("deadLetters").path(0).path("number").asLong()).isEqualTo(9);
        assertThat(trace.path("members").path(1).path("answered").asBoolean(true))
                .isFalse();
    }

    @Test
    void a_message_that_is_not_there_is_said_to_be_missing() throws IOException {
        start("");

        assertProblem(get("/admin/v1/trace/c_1/m_8"), ErrorCode.PATH_UNKNOWN);
    }

    @Test
    void with_a_token_file_every_admin_call_needs_the_token_and_health_does_not() throws IOException {
        Path file = folder.resolve("admin.token");
        Files.writeString(file, TOKEN + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        start("token-file: admin.token, ");

        assertProblem(get("/admin/v1/status"), ErrorCode.TOKEN_MISSING);
        assertProblem(get("/admin/v1/trace/c_1/m_7"), ErrorCode.TOKEN_MISSING);
        assertProblem(call("GET /admin/v1/status", authorized("Bearer wrong"), ""), ErrorCode.TOKEN_INVALID);
        assertProblem(call("GET /admin/v1/status", authorized("Basic " + TOKEN), ""), ErrorCode.TOKEN_INVALID);
        assertProblem(post("/admin/v1/users", "{\"userId\":\"alice\"}"), ErrorCode.TOKEN_MISSING);
        assertThat(gate.accounts).isEmpty();
        assertThat(call("GET /admin/v1/status", authorized("bearer " + TOKEN), "")
                        .status())
                .isEqualTo(200);
        assertThat(get("/livez").status()).isEqualTo(200);
        assertThat(get("/metrics").status()).isEqualTo(200);
    }

    private static String authorized(String authorization) {
        return "Host: 127.0.0.1\r\nAuthorization: " + authorization + "\r\n";
    }

    private void start(String adminKeys) {
        String yaml = """
                node: {id: n1, data-dir: data}
                cluster:
                  name: test
                  secret-file: cluster.secret
                  nodes:
                    - {id: n1, host: 127.0.0.1, raft-port: 1, peer-port: 2, http-url: http://127.0.0.1:8080}
                    - {id: n2, host: 127.0.0.1, raft-port: 3, peer-port: 4, http-url: http://127.0.0.1:8081}
                admin: {%s port: 0}
                """.formatted(adminKeys);
        NodeConfig config =
                ConfigFile.parse(yaml, folder.resolve("parley.yaml"), Map.of()).config();
        NodeMetrics metrics = new NodeMetrics();
        metrics.gauge("parley_test", "A figure.", () -> 1);
        AdminPorts ports = new AdminPorts(
                gate,
                (userId, ttl) -> new TokenIssuer.IssuedToken("token-of-" + userId, Instant.EPOCH.plus(ttl)),
                readiness,
                metrics,
                () -> List.of(partition()),
                node -> false,
                () -> 3,
                () -> List.of(
                        new OutboxReport.Line(2, 17, 3, Duration.ofMillis(1_500), new DeadLetter.Counts(9, 1, 4))));
        server = AdminServer.start(config, ports, "test-version");
    }

    private static GroupStatus partition() {
        return new GroupStatus(
                new GroupId("p-000"),
                GroupStatus.State.RUNNING,
                "",
                GroupStatus.Role.LEADER,
                true,
                3,
                Optional.of(new NodeId("n1")),
                List.of(new NodeId("n1"), new NodeId("n2")),
                10,
                9,
                8,
                List.of(new Follower(new NodeId("n2"), 7, 600)));
    }

    private static void assertProblem(Answer answer, ErrorCode code) {
        assertThat(answer.head()).contains("Content-Type: application/problem+json");
        Problem problem = RestJson.decodeProblem(answer.body().getBytes(StandardCharsets.UTF_8));
        assertThat(problem.code()).isEqualTo(code);
        assertThat(answer.status()).isEqualTo(code.status());
    }

    private Answer get(String path) throws IOException {
        return call("GET " + path, "Host: 127.0.0.1\r\n", "");
    }

    private Answer post(String path, String body) throws IOException {
        return call("POST " + path, "Host: 127.0.0.1\r\nContent-Length: " + body.length() + "\r\n", body);
    }

    /// One request over a plain socket, since Java's own client does not let a test choose Host and Origin.
    private Answer call(String request, String headers, String body) throws IOException {
        AdminServer running = java.util.Objects.requireNonNull(server);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.port())) {
            socket.setSoTimeout(5_000);
            String text = request + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n" + body;
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String head = head(in);
            Matcher length = Pattern.compile("(?im)^Content-Length: ([0-9]+)").matcher(head);
            int bytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
            return new Answer(head, new String(in.readNBytes(bytes), StandardCharsets.UTF_8));
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the server closed after: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private record Answer(String head, String body) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        JsonNode json() throws IOException {
            return JSON.readTree(body);
        }
    }

    /// A gate in memory that knows accounts, and one dead letter.
    private static final class AccountsGate implements ChatGate {
        private final Set<String> accounts = ConcurrentHashMap.newKeySet();
        private final List<ChatCommand> submitted = new CopyOnWriteArrayList<>();
        private volatile Optional<ErrorCode> failure = Optional.empty();

        @Override
        public CompletableFuture<ChatAnswer> submit(ChatCommand command) {
            if (command.entityId().contains(" ")) {
                return CompletableFuture.completedFuture(
                        new ChatAnswer.Refused(Refusal.INVALID_FIELD, "a user id has no blanks"));
            }
            submitted.add(command);
            accounts.add(command.entityId());
            return CompletableFuture.completedFuture(new ChatAnswer.Done());
        }

        @Override
        public CompletableFuture<QueryAnswer> ask(ChatQuery query) {
            if (query instanceof ChatQuery.DeadLetters letters) {
                return CompletableFuture.completedFuture(new QueryAnswer.DeadLetterPage(
                        letters.afterNumber() < 9 ? List.of(LETTER) : List.of(),
                        false,
                        new DeadLetter.Counts(9, 1, 4)));
            }
            if (query instanceof ChatQuery.MessageTrace trace) {
                return CompletableFuture.completedFuture(new QueryAnswer.MessageTraced(
                        trace.message().equals("m_7") ? Optional.of(TRACED) : Optional.empty(), 12));
            }
            if (query instanceof ChatQuery.UserTrace trace) {
                return trace.userId().equals("alice")
                        ? CompletableFuture.completedFuture(new QueryAnswer.UserTraced(
                                6, List.of(new QueryAnswer.TracedPush("apns", 7, 100, "HTTP 200")), List.of(LETTER)))
                        : CompletableFuture.failedFuture(new GateException(ErrorCode.NO_LEADER, "no leader"));
            }
            return failure.<CompletableFuture<QueryAnswer>>map(
                            code -> CompletableFuture.failedFuture(new GateException(code, "the gate says so")))
                    .orElseGet(() -> CompletableFuture.completedFuture(new QueryAnswer.AccountState(
                            accounts.contains(query.entityId()),
                            0,
                            0,
                            List.of(),
                            List.of(),
                            List.of(),
                            AccountSettings.DEFAULT)));
        }
    }
}
