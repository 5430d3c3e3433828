package dev.parley.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.node.auth.ClusterSecret;
import dev.parley.node.auth.TokenAuthority;
import dev.parley.node.auth.TokenSettings;
import dev.parley.node.gate.GateException;
import dev.parley.node.session.RateLimits;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Problem;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestBadInputTest {
    private static EdgeFixture edge;
    private static String ann;
    private static String eve;
    private static String conversation;

    @BeforeAll
    static void start() throws Exception {
        edge = EdgeFixture.start();
        ann = edge.session("ann", "d1");
        edge.session("bob", "d1");
        eve = edge.session("eve", "d1");
        conversation = edge.direct(ann, "ann", "bob");
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void a_missing_token_is_told_apart_from_a_wrong_one() throws Exception {
        Problem missing = refused(edge.get("/v1/me", ""), 401, ErrorCode.TOKEN_MISSING);
        refused(edge.get("/v1/me", "nonsense"), 401, ErrorCode.TOKEN_INVALID);
        refused(edge.get("/v1/me", "a.b.c"), 401, ErrorCode.TOKEN_INVALID);

        assertThat(missing.traceId()).isNotEmpty();
    }

    @Test
    void a_401_says_how_to_authenticate() throws Exception {
        assertThat(edge.get("/v1/me", "").headers().firstValue("WWW-Authenticate"))
                .contains("Bearer");
    }

    @Test
    void neither_kind_of_token_passes_for_the_other() throws Exception {
        refused(edge.get("/v1/me", edge.bearer("ann")), 401, ErrorCode.TOKEN_INVALID);
        refused(
                edge.call("POST", "/v1/sessions/bootstrap", ann, "{\"deviceId\":\"d1\",\"platform\":\"cli\"}"),
                401,
                ErrorCode.TOKEN_INVALID);
    }

    @Test
    void an_expired_and_a_foreign_token_are_refused() throws Exception {
        Clock past = Clock.fixed(Instant.now().minus(Duration.ofDays(60)), ZoneOffset.UTC);
        TokenAuthority yesterday =
                new TokenAuthority(TokenSettings.ownTokensOnly(EdgeFixture.SECRET, EdgeFixture.EPOCH), past);
        ClusterSecret otherSecret =
                new ClusterSecret("another secret of 32 bytes......".getBytes(StandardCharsets.UTF_8));
        TokenAuthority elsewhere =
                new TokenAuthority(TokenSettings.ownTokensOnly(otherSecret, EdgeFixture.EPOCH), Clock.systemUTC());
        TokenAuthority otherEpoch =
                new TokenAuthority(TokenSettings.ownTokensOnly(EdgeFixture.SECRET, "e-other"), Clock.systemUTC());

        refused(edge.get("/v1/me", yesterday.issueSession("ann", "d1", 1).token()), 401, ErrorCode.TOKEN_EXPIRED);
        refused(edge.get("/v1/me", elsewhere.issueSession("ann", "d1", 1).token()), 401, ErrorCode.TOKEN_INVALID);
        refused(edge.get("/v1/me", otherEpoch.issueSession("ann", "d1", 1).token()), 401, ErrorCode.TOKEN_INVALID);
    }

    @Test
    void a_stranger_neither_reads_nor_writes_a_conversation() throws Exception {
        refused(edge.get(EdgeFixture.messages(conversation), eve), 403, ErrorCode.NOT_A_MEMBER);
        refused(
                edge.call("POST", EdgeFixture.messages(conversation), eve, EdgeFixture.message("m", "eve", "hi")),
                403,
                ErrorCode.NOT_A_MEMBER);
    }

    @Test
    void a_sender_who_is_not_the_caller_is_refused() throws Exception {
        refused(
                edge.call("POST", EdgeFixture.messages(conversation), ann, EdgeFixture.message("m", "bob", "hi")),
                403,
                ErrorCode.WRONG_SENDER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"c_aaaaaaaaaaaaaaaaaaaaaaaaaa", "c_1001", "nonsense", "%F0%9F%A6%8A"})
    void an_unknown_conversation_is_not_found(String id) throws Exception {
        refused(edge.get(EdgeFixture.messages(id), ann), 404, ErrorCode.CONVERSATION_UNKNOWN);
    }

    @Test
    void a_client_message_id_used_with_another_body_is_a_conflict() throws Exception {
        edge.post(ann, conversation, "reused", "one");

        refused(
                edge.call("POST", EdgeFixture.messages(conversation), ann, EdgeFixture.message("reused", "ann", "two")),
                409,
                ErrorCode.CLIENT_MESSAGE_ID_REUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"clientMessageId\":\"m\",\"senderId\":\"ann\",\"body\":{\"kind\":\"text\",\"text\":\"\"}}",
                "{\"clientMessageId\":\"m\",\"senderId\":\"ann\",\"body\":{\"kind\":\"text\",\"text\":\"\\ud800\"}}",
                "{\"clientMessageId\":\"m\",\"senderId\":\"ann\",\"body\":{\"kind\":\"image\",\"text\":\"x\"}}",
                "{\"clientMessageId\":\"m\",\"senderId\":\"ann\","
                        + "\"body\":{\"kind\":\"membership\",\"action\":\"added\",\"userId\":\"bob\"}}",
                "{\"clientMessageId\":\"\",\"senderId\":\"ann\",\"body\":{\"kind\":\"text\",\"text\":\"x\"}}",
                "{\"senderId\":\"ann\",\"body\":{\"kind\":\"text\",\"text\":\"x\"}}"
            })
    void a_message_with_a_bad_field_is_refused_by_name(String body) throws Exception {
        Problem problem =
                refused(edge.call("POST", EdgeFixture.messages(conversation), ann, body), 422, ErrorCode.INVALID_FIELD);

        assertThat(problem.errors()).isNotEmpty();
    }

    @Test
    void a_text_may_have_4096_bytes_but_not_one_more() throws Exception {
        String longest = "é".repeat(2_048);

        assertThat(edge.post(ann, conversation, "longest", longest).conversationSeq())
                .isPositive();
        HttpResponse<String> tooLong = edge.call(
                "POST", EdgeFixture.messages(conversation), ann, EdgeFixture.message("longer", "ann", longest + "x"));
        assertThat(tooLong.statusCode()).isIn(413, 422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "\"text\"", "{\"a\":1}{\"b\":2}", "not json"})
    void a_body_that_is_no_json_object_is_malformed(String body) throws Exception {
        refused(edge.call("POST", EdgeFixture.messages(conversation), ann, body), 400, ErrorCode.MALFORMED);
    }

    @Test
    void a_body_that_is_no_utf8_is_refused() throws Exception {
        String head = "POST " + EdgeFixture.messages(conversation) + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + ann + "\r\nConnection: close\r\nContent-Length: 3\r\n\r\n";
        try (RawSocket raw = RawSocket.connect(edge)) {
            raw.send(head.getBytes(StandardCharsets.ISO_8859_1));
            raw.send(new byte[] {'{', (byte) 0xC3, '}'});

            assertThat(raw.readAll())
                    .startsWith("HTTP/1.1 422")
                    .contains("{\"field\":\"body\",\"reason\":\"is not valid UTF-8 from byte 2 on\"}");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {70_000, 900_000})
    void a_body_over_the_limit_is_too_large(int bytes) throws Exception {
        HttpResponse<String> response = edge.call("POST", EdgeFixture.messages(conversation), ann, "x".repeat(bytes));

        refused(response, 413, ErrorCode.TOO_LARGE);
    }

    /// The body is not sent: who sends it all the same may see the connection reset before the answer is read.
    @Test
    void a_body_announced_as_far_over_the_limit_is_refused_without_being_read() throws Exception {
        String head = "POST " + EdgeFixture.messages(conversation) + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                + ann + "\r\nContent-Length: 5000000\r\n\r\n";
        try (RawSocket raw = RawSocket.connect(edge)) {
            raw.send(head.getBytes(StandardCharsets.ISO_8859_1));

            assertThat(raw.readAll()).startsWith("HTTP/1.1 413").contains("\"code\":\"too-large\"");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "afterSeq=-1,afterSeq",
        "afterSeq=abc,afterSeq",
        "afterSeq=1.5,afterSeq",
        "afterSeq=,afterSeq",
        "afterSeq=99999999999999999999,afterSeq",
        "afterSeq=9007199254740992,afterSeq",
        "afterSeq=%2B1,afterSeq",
        "afterSeq=1&afterSeq=2,afterSeq",
        "beforeSeq=-5,beforeSeq",
        "afterSeq=1&beforeSeq=2,beforeSeq",
        "limit=0,limit",
        "limit=201,limit",
        "limit=-1,limit",
        "limit=ten,limit",
        "limit=99999999999999999999999,limit"
    })
    void a_bad_query_parameter_is_refused_by_name(String query, String field) throws Exception {
        Problem problem =
                refused(edge.get(EdgeFixture.messages(conversation) + "?" + query, ann), 422, ErrorCode.INVALID_FIELD);

        assertThat(problem.errors()).extracting(Problem.FieldError::field).containsExactly(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cursor=!", "cursor=YWJj", "cursor=", "cursor=a&cursor=b", "limit=0"})
    void a_bad_cursor_of_the_list_is_refused(String query) throws Exception {
        refused(edge.get("/v1/conversations?" + query, ann), 422, ErrorCode.INVALID_FIELD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"deviceId\":\"d1\",\"readThroughSeq\":999999}",
                "{\"deviceId\":\"d1\",\"readThroughSeq\":-1}",
                "{\"deviceId\":\"d1\",\"readThroughSeq\":\"1\"}",
                "{\"deviceId\":\"other\",\"readThroughSeq\":0}"
            })
    void a_read_position_past_the_head_or_of_another_device_is_refused(String body) throws Exception {
        refused(
                edge.call("POST", "/v1/conversations/" + conversation + "/read-cursors", ann, body),
                422,
                ErrorCode.INVALID_FIELD);
    }

    @Test
    void a_read_position_past_the_head_is_named_with_the_head() throws Exception {
        Problem problem = refused(
                edge.call(
                        "POST",
                        "/v1/conversations/" + conversation + "/read-cursors",
                        ann,
                        "{\"deviceId\":\"d1\",\"readThroughSeq\":9}"),
                422,
                ErrorCode.INVALID_FIELD);

        assertThat(problem.errors()).singleElement().satisfies(error -> {
            assertThat(error.field()).isEqualTo("readThroughSeq");
            assertThat(error.reason()).startsWith("must not be past the head: 9, the head is ");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"ann\",\"ann\"]", "[\"bob\",\"eve\"]", "[\"ann\"]", "[]", "[\"ann\",\"bob\",\"eve\"]"})
    void a_direct_conversation_needs_the_caller_and_one_other(String participants) throws Exception {
        refused(
                edge.call("POST", "/v1/conversations/direct", ann, "{\"participantIds\":" + participants + "}"),
                422,
                ErrorCode.INVALID_FIELD);
    }

    @Test
    void nobody_is_added_who_has_no_account() throws Exception {
        String group = edge.group(ann, List.of("bob"));

        refused(
                edge.call("POST", "/v1/conversations/direct", ann, "{\"participantIds\":[\"ann\",\"ghost\"]}"),
                404,
                ErrorCode.USER_UNKNOWN);
        refused(
                edge.call("POST", "/v1/conversations/" + group + "/members", ann, "{\"userId\":\"ghost\"}"),
                404,
                ErrorCode.USER_UNKNOWN);
        refused(edge.call("PUT", "/v1/me/blocks/ghost", ann, ""), 404, ErrorCode.USER_UNKNOWN);
    }

    @Test
    void a_member_without_the_role_neither_adds_nor_removes() throws Exception {
        String zoe = edge.session("zoe", "d1");
        String yan = edge.session("yan", "d1");
        String group = edge.group(zoe, List.of("yan"));
        String members = "/v1/conversations/" + group + "/members";

        refused(edge.call("POST", members, yan, "{\"userId\":\"eve\"}"), 403, ErrorCode.ROLE_REQUIRED);
        refused(edge.call("DELETE", members + "/zoe", yan, ""), 403, ErrorCode.ROLE_REQUIRED);
        refused(
                edge.call("POST", members, zoe, "{\"userId\":\"eve\",\"role\":\"emperor\"}"),
                422,
                ErrorCode.INVALID_FIELD);
    }

    @Test
    void an_unknown_device_cannot_be_revoked() throws Exception {
        refused(edge.call("DELETE", "/v1/devices/never-seen", ann, ""), 404, ErrorCode.DEVICE_UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/v1", "/v1/", "/v2/me", "/v1/me/", "//v1/me", "/v1/conversations//messages", "/favicon.ico"
            })
    void an_unknown_path_is_not_found(String path) throws Exception {
        refused(edge.get(path, ann), 404, ErrorCode.PATH_UNKNOWN);
    }

    @Test
    void a_request_for_no_path_is_not_found() throws Exception {
        try (RawSocket raw = RawSocket.connect(edge)) {
            raw.send(
                    "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));

            assertThat(raw.readAll()).startsWith("HTTP/1.1 4").contains("application/problem+json");
        }
    }

    @Test
    void a_wrong_method_names_the_right_ones() throws Exception {
        HttpResponse<String> response = edge.call("PATCH", EdgeFixture.messages(conversation), ann, "");

        refused(response, 405, ErrorCode.METHOD_UNKNOWN);
        assertThat(response.headers().firstValue("Allow")).contains("POST, GET, HEAD");
    }

    @Test
    void connect_without_an_upgrade_says_what_it_takes() throws Exception {
        Problem problem = refused(edge.get("/connect", ann), 400, ErrorCode.MALFORMED);

        assertThat(problem.detail()).contains("WebSocket");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET /v1/me HTTP/1.1\r\nno colon\r\n\r\n",
                "GET /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
                "GET /v1/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /v1/me HTTP/1.1\r\n\r\n"
            })
    void what_is_no_http_is_answered_with_a_problem(String request) throws Exception {
        try (RawSocket raw = RawSocket.connect(edge)) {
            raw.send(request.getBytes(StandardCharsets.ISO_8859_1));

            assertThat(raw.readAll())
                    .startsWith("HTTP/1.1 400")
                    .containsIgnoringCase("Content-Type: application/problem+json")
                    .contains("\"code\":\"malformed\"")
                    .doesNotContain("Exception");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OVERLOADED", "NO_LEADER", "DISK_LOW", "OUTCOME_UNKNOWN", "INTERNAL"})
    void what_the_gate_cannot_answer_says_whether_it_happened(ErrorCode code) throws Exception {
        try (EdgeFixture other = EdgeFixture.start()) {
            String token = other.session("ann", "d1");
            other.session("bob", "d1");
            String direct = other.direct(token, "ann", "bob");
            other.chat.failWith(new GateException(code, "a secret of the machine room"));

            HttpResponse<String> response =
                    other.call("POST", EdgeFixture.messages(direct), token, EdgeFixture.message("m", "ann", "hi"));

            refused(response, code.status(), code);
            assertThat(response.body())
                    .contains(code.effect() == ErrorCode.Effect.NONE ? "\"effect\":\"none\"" : "\"effect\":\"unknown\"")
                    .contains("\"retryable\":true")
                    .doesNotContain("machine room");
            assertThat(response.headers().firstValue("Retry-After").isPresent()).isEqualTo(code.status() == 503);
        }
    }

    @Test
    void a_user_who_asks_too_often_is_told_when_to_come_back() throws Exception {
        RateLimits.Settings slow = new RateLimits.Settings(new RateLimits.Rate(1, 2), new RateLimits.Rate(1, 3));
        try (EdgeFixture other = EdgeFixture.start(settings -> settings.withRates(slow))) {
            String token = other.session("ann", "d1");
            other.get("/v1/me", token);
            other.get("/v1/me", token);

            HttpResponse<String> response = other.get("/v1/me", token);

            Problem problem = refused(response, 429, ErrorCode.RATE_LIMITED);
            assertThat(problem.retryAfterMillis()).isPresent();
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
        }
    }

    @Test
    void an_address_that_guesses_tokens_is_slowed_down() throws Exception {
        RateLimits.Settings slow = new RateLimits.Settings(RateLimits.Rate.OFF, new RateLimits.Rate(1, 3));
        try (EdgeFixture other = EdgeFixture.start(settings -> settings.withRates(slow))) {
            for (int i = 0; i < 3; i++) {
                refused(other.get("/v1/me", "guess-" + i), 401, ErrorCode.TOKEN_INVALID);
            }

            refused(other.get("/v1/me", "guess"), 429, ErrorCode.RATE_LIMITED);
            try (RawSocket raw = RawSocket.connect(other)) {
                assertThat(raw.handshake(Map.of("Authorization", "Bearer guess")))
                        .startsWith("HTTP/1.1 429");
            }
        }
    }

    private static Problem refused(HttpResponse<String> response, int status, ErrorCode code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        Problem problem = EdgeFixture.problem(response);
        assertThat(problem.code()).isEqualTo(code);
        if (code == ErrorCode.INVALID_FIELD) {
            assertThat(problem.errors())
                    .as(response.body())
                    .isNotEmpty()
                    .allSatisfy(error -> assertThat(error.field()).matches("[a-z][A-Za-z.]*(\\[\\d+])?"));
        }
        return problem;
    }
}
