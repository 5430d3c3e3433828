package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands as they are called, against an admin port that answers what the test says.
class MainTest {

    private static final String STATUS = """
            {"cluster":{"name":"dev","partitions":1,"nodes":[
               {"id":"n1","httpUrl":"http://127.0.0.1:1","reachable":true},
               {"id":"n2","httpUrl":"http://127.0.0.1:2","reachable":false}]},
             "node":{"id":"n1","version":"0.1.0","uptimeSeconds":75,"ready":true,"reasons":[],"sessions":3},
             "partitions":[{"group":"p-0","state":"RUNNING","reason":"","role":"LEADER","ready":true,"term":4,
               "leader":"n1","replicas":["n1","n2"],"commitIndex":120,"appliedIndex":120,"durableIndex":100,
               "followers":[{"node":"n2","matchIndex":90,"silentMillis":61000}]}]}
            """;

    private static final String OUTBOX = """
            {"partitions":[{"partition":0,"group":"p-000","pending":17,"oldestSeconds":1.5,"deadLetters":1,"dropped":4,
              "consumers":{"lists":17}}]}
            """;

    private static final String LETTERS = """
            {"partition":0,"letters":[{"number":9,"at":"2026-01-01T00:00:00Z","tries":5,"reason":"HTTP 400",
              "kind":"push","userId":"alice","conversationId":"c_1"}],"more":false}
            """;

    private static final String MESSAGE = "m_01J00000000000000000000000";
    private static final String CONVERSATION = "c_65i2f5qbgurnl5aw4sf3mg3kuc";

    private static final String TRACE = """
            {"conversationId":"c_1","messageId":"m_1","seq":7,"headSeq":12,"senderId":"bob","partition":3,
             "acceptedAt":"2026-01-01T00:00:00Z","group":"p-003","raftIndex":77,"raftTerm":2,
             "outbox":{"state":"pending","pending":3},"members":[
               {"userId":"alice","maySee":true,"delivered":true,"deliveredSeq":8,"read":false,"readSeq":5,
                "answered":true,"listed":false,"listedSeq":6,
                "devices":[{"deviceId":"phone","delivered":true,"deliveredSeq":8},
                  {"deviceId":"tv","delivered":false,"deliveredSeq":4}],
                "pushes":[
                  {"provider":"apns","pushed":true,"seq":7,"at":"2026-01-01T00:00:01Z","outcome":"HTTP 200"},
                  {"provider":"fcm","pushed":false,"seq":6,"at":"2026-01-01T00:00:01Z","outcome":"HTTP 201"}],
                "deadLetters":[{"number":9,"partition":3,"kind":"push","reason":"HTTP 400"}]},
               {"userId":"carol","maySee":false,"delivered":true,"read":true,"answered":false,
                "devices":[],"deadLetters":[]}]}
            """;

    @TempDir
    private Path folder = Path.of("");

    private HttpServer admin = newServer();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private static HttpServer newServer() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void start() {
        admin.start();
    }

    @AfterEach
    void stop() {
        admin.stop(0);
    }

    @Test
    void an_authority_that_cannot_be_read_is_named() throws IOException {
        Path none = folder.resolve("ca.pem");

        assertThat(run("token", "--user", "u", "--ca", none.toString())).isEqualTo(2);
        Files.writeString(none, "no certificate");
        assertThat(run("token", "--user", "u", "--ca", none.toString())).isEqualTo(2);

        assertThat(err.toString())
                .contains("--ca: the file " + none + " cannot be read", "--ca: " + none + " holds no certificate");
    }

    @Test
    void a_url_without_a_scheme_is_refused_in_one_line() {
        for (String[] arguments : new String[][] {
            {"chat", "--user", "a", "--with", "b", "--url", "localhost:8080"},
            {"chat", "--user", "a", "--with", "b", "--url", "http://"},
            {"bench", "--url", "127.0.0.1:8080"},
            {"bench", "--admin", "127.0.0.1:9080"},
            {"status", "--admin", "ftp://127.0.0.1:9080"},
            {"token", "--user", "a", "--admin", "not a url"}
        }) {
            err.getBuffer().setLength(0);

            assertThat(run(arguments)).as("%s", List.of(arguments)).isEqualTo(2);

            assertThat(err.toString().lines().toList())
                    .as("%s", List.of(arguments))
                    .hasSize(2)
                    .first()
                    .asString()
                    .contains("is no URL like http://127.0.0.1:8080");
        }
    }

    @Test
    void an_unknown_command_is_answered_with_those_like_it_and_where_to_find_all() {
        assertThat(run("statsu")).isEqualTo(2);

        assertThat(err.toString()).contains("statsu", "parley status", "Try 'parley --help'.");
    }

    @Test
    void the_outbox_is_a_table_of_what_each_leader_says() {
        answer("/admin/v1/status", 200, STATUS);
        answer("/admin/v1/outbox", 200, OUTBOX);

        assertThat(run("outbox", "--admin", adminUrl())).isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "PARTITION  LEADER  PENDING  OLDEST  CONSUMERS  DEAD LETTERS  DROPPED",
                        "p-000      n1           17  1.5s    lists 17              1        4");
    }

    @Test
    void dead_letters_are_listed_by_the_name_that_retry_and_drop_take() {
        answer("/admin/v1/status", 200, STATUS);
        answer("/admin/v1/outbox/0/dead-letters", 200, LETTERS);

        assertThat(run("outbox", "dead-letters", "--admin", adminUrl())).isZero();
        assertThat(out.toString()).contains("0/9     push      5  2026-01-01T00:00:00Z  alice  c_1           HTTP 400");

        assertThat(run("outbox", "retry", "0/9", "--admin", adminUrl())).isZero();
        assertThat(run("outbox", "drop", "--all", "--yes", "--admin", adminUrl()))
                .isZero();
        assertThat(calls)
                .anyMatch(request -> request.startsWith("POST /admin/v1/outbox/0/dead-letters/9/retry"))
                .anyMatch(request -> request.startsWith("DELETE /admin/v1/outbox/0/dead-letters/9"));
    }

    @Test
    void a_dead_letter_is_inspected_by_its_name_and_one_that_is_not_there_is_a_mistake() {
        answer("/admin/v1/status", 200, STATUS);
        answer("/admin/v1/outbox/0/dead-letters", 200, LETTERS);

        assertThat(run("outbox", "inspect", "0/9", "--admin", adminUrl())).isZero();
        assertThat(out.toString())
                .contains("\"number\" : 9", "\"reason\" : \"HTTP 400\"", "\"conversationId\" : \"c_1\"");
        assertThat(run("outbox", "inspect", "0/7", "--admin", adminUrl())).isEqualTo(2);
        assertThat(run("outbox", "inspect", "seven", "--admin", adminUrl())).isEqualTo(2);
        assertThat(err.toString())
                .contains("there is no dead letter 0/7.", "such as 3/17")
                .doesNotContain("\tat ");
    }

    @Test
    void all_dead_letters_are_dropped_only_by_who_says_so_twice() {
        answer("/admin/v1/status", 200, STATUS);
        answer("/admin/v1/outbox/0/dead-letters", 200, LETTERS);

        assertThat(run("outbox", "drop", "--all", "--admin", adminUrl())).isEqualTo(2);
        assertThat(run("outbox", "drop", "--admin", adminUrl())).isEqualTo(2);
        assertThat(run("outbox", "drop", "nine", "--admin", adminUrl())).isEqualTo(2);

        assertThat(err.toString()).contains("needs --yes", "P/NUMBER, or --all", "such as 3/17");
        assertThat(calls).noneMatch(request -> request.startsWith("DELETE"));
    }

    @Test
    void a_traced_message_is_a_header_and_a_line_for_each_member() {
        answer("/admin/v1/trace/" + CONVERSATION + "/" + MESSAGE, 200, TRACE);

        assertThat(run("trace", "message", MESSAGE, "--conversation", CONVERSATION, "--admin", adminUrl()))
                .isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        "message       m_1, seq 7 of 12",
                        "conversation  c_1",
                        "sender        bob",
                        "accepted      2026-01-01T00:00:00Z",
                        "partition     p-003, Raft index 77 of term 2",
                        "outbox        pending; deliveries pending in the partition: 3",
                        "",
                        "MEMBER  LIST    DELIVERED     READ    DEVICES               PUSH",
                        "alice   no (6)  yes           no (5)  phone yes, tv no (4)  "
                                + "apns seq 7 at 2026-01-01T00:00:01Z: HTTP 200, fcm no (6)",
                        "carol   -       joined later  -       -                     unknown",
                        "dead letter 3/9 of alice: push: HTTP 400");
    }

    @Test
    void a_trace_needs_one_name_of_the_message_and_ids_that_can_be_some() {
        assertThat(run("trace")).isEqualTo(2);
        assertThat(run("trace", "message", MESSAGE)).isEqualTo(2);
        assertThat(run("trace", "message", "--conversation", CONVERSATION)).isEqualTo(2);
        assertThat(run("trace", "message", MESSAGE, "--seq", "7", "--conversation", CONVERSATION))
                .isEqualTo(2);
        assertThat(run("trace", "message", "../x", "--conversation", CONVERSATION))
                .isEqualTo(2);
        assertThat(run("trace", "message", MESSAGE, "--conversation", "c_1")).isEqualTo(2);

        assertThat(err.toString())
                .contains("parley trace message ID", "its ID, or --seq N", "a clientMessageId is not", "c_ and 26");
    }

    @Test
    void a_message_that_is_not_there_is_a_mistake_in_one_sentence() {
        answer("/admin/v1/trace/" + CONVERSATION + "/99", 404, "{\"detail\":\"it holds no record 99\"}");

        assertThat(run(
                        "trace",
                        "message",
                        "--seq",
                        "99",
                        "--conversation",
                        CONVERSATION,
                        "--json",
                        "--admin",
                        adminUrl()))
                .isEqualTo(2);

        assertThat(err.toString()).contains("it holds no record 99").hasLineCount(1);
    }

    private void answer(String path, int status, String body) {
        admin.createContext(path, exchange -> {
            requests.add(request(exchange));
            calls.add(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private static String request(HttpExchange exchange) throws IOException {
        return exchange.getRequestHeaders().getFirst("Authorization") + " "
                + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    }

    private String adminUrl() {
        return "http://127.0.0.1:" + admin.getAddress().getPort();
    }

    private int run(String... args) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void token_prints_the_token_and_nothing_else() throws Exception {
        answer("/admin/v1/tokens", 200, "{\"token\":\"tok_1\",\"expiresAt\":\"2030-01-01T00:00:00Z\"}");
        Path secret = Files.writeString(folder.resolve("admin"), "s3cret\n");

        int code = run(
                "token",
                "--user",
                "alice",
                "--ttl",
                "2h",
                "--admin",
                adminUrl(),
                "--admin-token-file",
                secret.toString());

        assertThat(code).isZero();
        assertThat(out.toString()).isEqualTo("tok_1" + System.lineSeparator());
        assertThat(err.toString()).isEmpty();
        assertThat(requests).containsExactly("Bearer s3cret {\"userId\":\"alice\",\"ttlSeconds\":7200}");
    }

    @Test
    void a_refusal_is_one_sentence_and_a_mistake() {
        answer("/admin/v1/tokens", 422, "{\"detail\":\"userId must be 1 to 64 characters\"}");

        int code = run("token", "--user", "x", "--admin", adminUrl());

        assertThat(code).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("userId must be 1 to 64 characters").hasLineCount(1);
    }

    @Test
    void a_node_that_does_not_answer_is_a_failure_and_no_stack_trace() {
        int port = admin.getAddress().getPort();
        admin.stop(0);

        int code = run("token", "--user", "alice", "--admin", "http://127.0.0.1:" + port);

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("no node answers").hasLineCount(1);
    }

    @Test
    void something_else_at_the_admin_port_is_said_to_be_that() {
        answer("/admin/v1/tokens", 200, "<html>hello</html>");

        int code = run("token", "--user", "alice", "--admin", adminUrl());

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("not a Parley admin port");
    }

    @Test
    void mistakes_in_the_call_end_with_2_and_a_hint() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("token")).isEqualTo(2);
        assertThat(run("token", "--user", "alice", "--ttl", "soon")).isEqualTo(2);
        assertThat(run("token", "--user", "alice", "--admin", "localhost")).isEqualTo(2);
        assertThat(run("frobnicate")).isEqualTo(2);
        assertThat(run("bench", "--pairs", "0")).isEqualTo(2);
        assertThat(run("bench", "--window", "1", "--rate", "5")).isEqualTo(2);
        assertThat(run("bench", "--size", "5000")).isEqualTo(2);
        assertThat(run("bench", "--corpus", folder.resolve("none").toString())).isEqualTo(2);
        assertThat(run("chat", "--user", "a", "--with", "b,c")).isEqualTo(2);
        assertThat(run("chat", "--user", "a", "--with", "a")).isEqualTo(2);
        assertThat(run("dev", "--nodes", "0")).isEqualTo(2);
        assertThat(run("dev", "--http-port", "65000")).isEqualTo(2);
        assertThat(err.toString()).doesNotContain("\tat ").contains("--ttl", "--http-port", "--window");
    }

    @Test
    void version_names_parley_and_the_jdk() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("parley ").contains("JDK " + System.getProperty("java.version"));
    }

    @Test
    void status_shows_leaders_lag_and_what_is_wrong() {
        answer("/admin/v1/status", 200, STATUS);

        int code = run("status", "--admin", adminUrl());

        assertThat(code).isEqualTo(1);
        assertThat(out.toString().lines().toList())
                .containsExactly(
                        "NODE  URL                 VERSION  UP     SESSIONS  HEALTH",
                        "n1    http://127.0.0.1:1  0.1.0    1m15s         3  ok",
                        "n2    http://127.0.0.1:2  -        -             -  does not answer",
                        "",
                        "PARTITION  STATE    LEADER  TERM  COMMIT  APPLIED  LAG  REPLICAS  HEALTH",
                        "p-0        running  n1         4     120      120   30  n1,n2     n2 silent for 61 s");
    }

    @Test
    void status_as_json_is_for_programs() throws Exception {
        answer("/admin/v1/status", 200, STATUS);

        int code = run("status", "--json", "--admin", adminUrl());

        var tree = new com.fasterxml.jackson.databind.ObjectMapper().readTree(out.toString());
        assertThat(code).isEqualTo(1);
        assertThat(tree.path("healthy").asBoolean(true)).isFalse();
        assertThat(tree.path("partitions").path(0).path("lag").asInt()).isEqualTo(30);
        assertThat(tree.path("nodes").path(1).path("answered").asBoolean(true)).isFalse();
    }
}
