package dev.parley.node.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RestTest {
    private static EdgeFixture edge;

    @BeforeAll
    static void start() throws Exception {
        edge = EdgeFixture.start();
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void bootstrap_gives_a_session_token_and_the_websocket_url_of_the_host_header() throws Exception {
        HttpResponse<String> response = edge.call(
                "POST", "/v1/sessions/bootstrap", edge.bearer("boot"), "{\"deviceId\":\"d1\",\"platform\":\"ios\"}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        Rest.BootstrapResponse body = RestJson.decodeBootstrapResponse(EdgeFixture.bytes(response));
        assertThat(body.userId()).isEqualTo("boot");
        assertThat(body.websocketUrl()).isEqualTo("ws://127.0.0.1:" + edge.server.port() + "/connect");
        assertThat(edge.get("/v1/me", body.sessionToken()).statusCode()).isEqualTo(200);
    }

    @Test
    void a_public_url_is_what_clients_are_told() throws Exception {
        try (EdgeFixture other = EdgeFixture.start(settings -> new EdgeSettings(
                settings.host(),
                0,
                Optional.of(URI.create("https://chat.example.com")),
                List.of(),
                10,
                settings.rates(),
                settings.sessions(),
                settings.tls()))) {
            HttpResponse<String> response = other.call(
                    "POST", "/v1/sessions/bootstrap", other.bearer("u"), "{\"deviceId\":\"d\",\"platform\":\"web\"}");

            assertThat(RestJson.decodeBootstrapResponse(EdgeFixture.bytes(response))
                            .websocketUrl())
                    .isEqualTo("wss://chat.example.com/connect");
        }
    }

    @Test
    void a_direct_conversation_is_created_once_and_listed_by_both_at_once() throws Exception {
        String ann = edge.session("ann", "d1");
        String bob = edge.session("bob", "d1");

        String body = "{\"participantIds\":[\"bob\",\"ann\"]}";
        HttpResponse<String> first = edge.call("POST", "/v1/conversations/direct", ann, body);
        HttpResponse<String> again = edge.call("POST", "/v1/conversations/direct", bob, body);

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(list(ann).conversations().getFirst().peerId()).contains("bob");
        assertThat(list(bob).conversations().getFirst().peerId()).contains("ann");
    }

    @Test
    void a_posted_message_is_accepted_once_and_read_back_as_it_was() throws Exception {
        String cid = edge.session("cid", "d1");
        edge.session("dan", "d1");
        String conversation = edge.direct(cid, "cid", "dan");
        String text = "grüße ✨ \\\"quoted\\\"";

        Rest.PostMessageResponse first = edge.post(cid, conversation, "m1", text);
        Rest.PostMessageResponse again = edge.post(cid, conversation, "m1", text);

        assertThat(first.status()).isEqualTo("accepted");
        assertThat(first.conversationSeq()).isEqualTo(1);
        assertThat(first.duplicate()).isFalse();
        assertThat(again.messageId()).isEqualTo(first.messageId());
        assertThat(again.duplicate()).isTrue();
        Message read = page(cid, conversation, "").messages().getFirst();
        assertThat(read.body()).isEqualTo(new MessageBody.Text("grüße ✨ \"quoted\""));
        assertThat(read.createdAt()).isEqualTo(first.createdAt());
    }

    @Test
    void history_is_paged_forwards_and_backwards() throws Exception {
        String eve = edge.session("eve", "d1");
        edge.session("fay", "d1");
        String conversation = edge.direct(eve, "eve", "fay");
        for (int i = 1; i <= 7; i++) {
            edge.post(eve, conversation, "m" + i, "text " + i);
        }

        Rest.MessagePage first = page(eve, conversation, "?limit=3");
        Rest.MessagePage second = page(eve, conversation, "?limit=3&afterSeq=" + first.nextAfterSeq());
        Rest.MessagePage last = page(eve, conversation, "?limit=3&afterSeq=" + second.nextAfterSeq());
        Rest.MessagePage beyond = page(eve, conversation, "?afterSeq=9007199254740991");
        Rest.MessagePage before = page(eve, conversation, "?limit=2&beforeSeq=4");

        assertThat(seqs(first)).containsExactly(1L, 2L, 3L);
        assertThat(first.hasMore()).isTrue();
        assertThat(seqs(second)).containsExactly(4L, 5L, 6L);
        assertThat(seqs(last)).containsExactly(7L);
        assertThat(last.hasMore()).isFalse();
        assertThat(beyond.messages()).isEmpty();
        assertThat(beyond.nextAfterSeq()).isEqualTo(7);
        assertThat(seqs(before)).containsExactly(2L, 3L);
    }

    @Test
    void a_client_that_asked_past_the_head_and_goes_on_as_told_misses_nothing() throws Exception {
        String una = edge.session("una", "d1");
        edge.session("vic", "d1");
        String conversation = edge.direct(una, "una", "vic");
        Rest.MessagePage after = page(una, conversation, "?afterSeq=500");
        Rest.MessagePage before = page(una, conversation, "?beforeSeq=500");

        edge.post(una, conversation, "m1", "the first");

        assertThat(seqs(page(una, conversation, "?afterSeq=" + after.nextAfterSeq())))
                .containsExactly(1L);
        assertThat(seqs(page(una, conversation, "?afterSeq=" + before.nextAfterSeq())))
                .containsExactly(1L);
    }

    @Test
    void a_group_has_its_members_who_come_and_go() throws Exception {
        String owner = edge.session("gil", "d1");
        String hal = edge.session("hal", "d1");
        edge.session("ida", "d1");
        String group = edge.group(owner, List.of("hal"));
        String members = "/v1/conversations/" + group + "/members";

        HttpResponse<String> added = edge.call("POST", members, owner, "{\"userId\":\"ida\",\"role\":\"admin\"}");
        HttpResponse<String> removed = edge.call("DELETE", members + "/hal", owner, "");

        assertThat(RestJson.decodeMemberList(EdgeFixture.bytes(added)).members())
                .extracting(Rest.Member::userId, Rest.Member::role)
                .contains(tuple("gil", "owner"), tuple("hal", "member"), tuple("ida", "admin"));
        assertThat(removed.statusCode()).isEqualTo(204);
        assertThat(RestJson.decodeMemberList(EdgeFixture.bytes(edge.get(members, owner)))
                        .members())
                .extracting(Rest.Member::userId)
                .containsExactlyInAnyOrder("gil", "ida");
        assertThat(list(hal).conversations()).isEmpty();
        assertThat(edge.get(EdgeFixture.messages(group), hal).statusCode()).isEqualTo(403);
        assertThat(page(owner, group, "").messages().getLast().body())
                .isInstanceOfSatisfying(
                        MessageBody.Membership.class,
                        change -> assertThat(change.action()).isEqualTo("removed"));
    }

    @Test
    void a_large_group_is_in_every_members_list_when_its_creation_is_answered() throws Exception {
        String owner = edge.session("big-owner", "d1");
        List<String> others = IntStream.range(0, 60).mapToObj(i -> "big-" + i).toList();
        List<String> tokens = new ArrayList<>();
        for (String other : others) {
            tokens.add(edge.session(other, "d1"));
        }

        edge.group(owner, others);

        for (String token : tokens) {
            assertThat(list(token).conversations()).hasSize(1);
        }
    }

    @Test
    void what_changed_is_told_since_a_version_and_an_unknown_version_is_not_resumed() throws Exception {
        String kim = edge.session("kim", "d1");
        edge.session("lou", "d1");
        String first = edge.direct(kim, "kim", "lou");
        long since = list(kim).inboxVersion();
        String second = edge.group(kim, List.of("lou"));

        Rest.SyncNews news = sync(kim, "?since=" + since);
        Rest.SyncNews all = sync(kim, "?since=0");
        Rest.SyncNews unknown = sync(kim, "?since=99");

        assertThat(news.conversations())
                .extracting(Rest.ConversationSummary::conversationId)
                .containsExactly(second);
        assertThat(news.resumed()).isTrue();
        // The list hears of the group's first record a little later, which is a change of its own.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> sync(kim, "?since=" + list(kim).inboxVersion())
                        .conversations()
                        .isEmpty());
        assertThat(all.conversations())
                .extracting(Rest.ConversationSummary::conversationId)
                .containsExactlyInAnyOrder(first, second);
        assertThat(unknown.resumed()).isFalse();
        assertThat(unknown.conversations()).isEmpty();
        assertThat(edge.get("/v1/sync", kim).statusCode()).isEqualTo(422);
    }

    @Test
    void the_list_is_sorted_by_activity_and_paged_without_repeats() throws Exception {
        String lee = edge.session("lee", "d1");
        List<String> byActivity = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            edge.session("peer-" + i, "d1");
            String conversation = edge.direct(lee, "lee", "peer-" + i);
            awaitNextMillisecond();
            edge.post(lee, conversation, "m", "hello");
            byActivity.addFirst(conversation);
        }
        awaitNextMillisecond();
        edge.post(lee, byActivity.getLast(), "again", "the oldest is the newest now");
        byActivity.addFirst(byActivity.removeLast());

        // The list hears of each message a little later, and of different conversations in any order.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(paged(lee, 2)).isEqualTo(byActivity));
    }

    /// Activity is known to the millisecond; within one, the order says nothing.
    private static void awaitNextMillisecond() {
        long before = System.currentTimeMillis();
        await().pollInterval(Duration.ofMillis(1)).until(() -> System.currentTimeMillis() > before);
    }

    private static List<String> paged(String token, int limit) throws Exception {
        List<String> listed = new ArrayList<>();
        String query = "?limit=" + limit;
        while (!query.isEmpty()) {
            Rest.ConversationList page = list(token, query);
            page.conversations().forEach(summary -> listed.add(summary.conversationId()));
            query = page.nextCursor()
                    .map(cursor -> "?limit=" + limit + "&cursor=" + cursor)
                    .orElse("");
        }
        return listed;
    }

    @Test
    void reading_moves_the_position_forward_only_and_clears_unread() throws Exception {
        String kim = edge.session("kim", "d1");
        String leo = edge.session("leo", "d1");
        String conversation = edge.direct(kim, "kim", "leo");
        for (int i = 0; i < 3; i++) {
            edge.post(kim, conversation, "m" + i, "text");
        }
        String path = "/v1/conversations/" + conversation + "/read-cursors";

        assertThat(list(leo).conversations().getFirst().unread()).isEqualTo(3);
        HttpResponse<String> two = edge.call("POST", path, leo, "{\"deviceId\":\"d1\",\"readThroughSeq\":2}");
        HttpResponse<String> one = edge.call("POST", path, leo, "{\"deviceId\":\"d1\",\"readThroughSeq\":1}");

        assertThat(two.body()).isEqualTo("{\"readThroughSeq\":2}");
        assertThat(one.body()).isEqualTo("{\"readThroughSeq\":2}");
        assertThat(list(leo).conversations().getFirst().unread()).isEqualTo(1);
    }

    @Test
    void muting_and_blocking_are_seen_by_the_caller_and_a_blocked_user_cannot_write() throws Exception {
        String mia = edge.session("mia", "d1");
        String ned = edge.session("ned", "d1");
        String conversation = edge.direct(mia, "mia", "ned");

        HttpResponse<String> muted =
                edge.call("PUT", "/v1/conversations/" + conversation + "/muted", mia, "{\"muted\":true}");
        HttpResponse<String> blocked = edge.call("PUT", "/v1/me/blocks/ned", mia, "");
        HttpResponse<String> refused =
                edge.call("POST", EdgeFixture.messages(conversation), ned, EdgeFixture.message("m", "ned", "hi"));

        assertThat(muted.statusCode()).isEqualTo(204);
        assertThat(blocked.statusCode()).isEqualTo(204);
        assertThat(list(mia).conversations().getFirst().muted()).isTrue();
        assertThat(RestJson.decodeMe(EdgeFixture.bytes(edge.get("/v1/me", mia))).blockedUserIds())
                .containsExactly("ned");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(EdgeFixture.problem(refused).code().wire()).isEqualTo("blocked");
        assertThat(edge.call("DELETE", "/v1/me/blocks/ned", mia, "").statusCode())
                .isEqualTo(204);
        assertThat(edge.post(ned, conversation, "m2", "hello again").conversationSeq())
                .isEqualTo(1);
    }

    @Test
    void a_revoked_device_is_listed_so_and_its_token_is_void() throws Exception {
        String first = edge.session("oda", "d1");
        String second = edge.session("oda", "d2");

        HttpResponse<String> revoked = edge.call("DELETE", "/v1/devices/d2", first, "");

        assertThat(revoked.statusCode()).isEqualTo(204);
        assertThat(RestJson.decodeDeviceList(EdgeFixture.bytes(edge.get("/v1/devices", first)))
                        .devices())
                .extracting(Rest.Device::deviceId, Rest.Device::revoked)
                .containsExactlyInAnyOrder(tuple("d1", false), tuple("d2", true));
        HttpResponse<String> refused = edge.get("/v1/me", second);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(EdgeFixture.problem(refused).code().wire()).isEqualTo("device-revoked");
        assertThat(edge.get("/v1/me", edge.session("oda", "d2")).statusCode()).isEqualTo(200);
    }

    @Test
    void the_documents_are_served_without_a_token() throws Exception {
        HttpResponse<String> openApi = edge.get("/openapi.yaml", "");
        HttpResponse<String> asyncApi = edge.get("/asyncapi.yaml", "");

        assertThat(openApi.body()).startsWith("openapi: 3.1");
        assertThat(asyncApi.body()).startsWith("asyncapi: 3");
        assertThat(openApi.headers().firstValue("Content-Type")).contains("application/yaml");
    }

    @Test
    void head_answers_as_get_without_a_body() throws Exception {
        HttpResponse<String> head = edge.call("HEAD", "/openapi.yaml", "", "");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("Content-Length"))
                .hasValue(edge.get("/openapi.yaml", "").body().getBytes(StandardCharsets.UTF_8).length);
    }

    private static Rest.SyncNews sync(String token, String query) throws Exception {
        return RestJson.decodeSyncNews(EdgeFixture.bytes(edge.get("/v1/sync" + query, token)));
    }

    private static Rest.ConversationList list(String token) throws Exception {
        return list(token, "");
    }

    private static Rest.ConversationList list(String token, String query) throws Exception {
        return RestJson.decodeConversationList(EdgeFixture.bytes(edge.get("/v1/conversations" + query, token)));
    }

    private static Rest.MessagePage page(String token, String conversation, String query) throws Exception {
        return RestJson.decodeMessagePage(
                EdgeFixture.bytes(edge.get(EdgeFixture.messages(conversation) + query, token)));
    }

    private static List<Long> seqs(Rest.MessagePage page) {
        return page.messages().stream().map(Message::conversationSeq).toList();
    }
}
