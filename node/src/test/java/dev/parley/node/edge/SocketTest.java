package dev.parley.node.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.node.delivery.Delivery;
import dev.parley.node.gate.GateException;
import dev.parley.node.session.RateLimits;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.ServerFrame;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketTest {
    private EdgeFixture edge;
    private String ann;
    private String bob;
    private String conversation;

    @BeforeEach
    void start() throws Exception {
        edge = EdgeFixture.start();
        ann = edge.session("ann", "d1");
        bob = edge.session("bob", "d1");
        conversation = edge.direct(ann, "ann", "bob");
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    @Test
    void hello_comes_first_and_tells_who_is_connected() throws Exception {
        try (RawSocket raw = RawSocket.connect(edge)) {
            String head =
                    raw.handshake(Map.of("Authorization", "Bearer " + ann, "Sec-WebSocket-Protocol", "parley.v1"));

            assertThat(head).contains(" 101 ").contains("Sec-WebSocket-Protocol: parley.v1");
            assertThat(raw.read().payload())
                    .contains("\"type\":\"hello\"", "\"userId\":\"ann\"", "\"deviceId\":\"d1\"", EdgeFixture.EPOCH);
        }
    }

    @Test
    void a_browser_gives_its_token_as_the_second_subprotocol() throws Exception {
        try (RawSocket raw = RawSocket.connect(edge)) {
            String head = raw.handshake(Map.of("Sec-WebSocket-Protocol", "parley.v1, bearer." + ann));

            assertThat(head)
                    .contains(" 101 ")
                    .contains("Sec-WebSocket-Protocol: parley.v1\r\n")
                    .doesNotContain("bearer");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"parley.v2", "mqtt, soap", "parley.v10", "PARLEY.V1", "bearer."})
    void a_client_that_offers_only_other_subprotocols_is_refused(String offered) throws Exception {
        try (RawSocket raw = RawSocket.connect(edge)) {
            String head = raw.handshake(Map.of("Authorization", "Bearer " + ann, "Sec-WebSocket-Protocol", offered));

            assertThat(head).startsWith("HTTP/1.1 400 ").contains("application/problem+json");
            assertThat(raw.readAll()).contains("\"code\":\"malformed\"", "parley.v1");
        }
    }

    @Test
    void a_client_that_offers_no_subprotocol_may_connect() throws Exception {
        try (RawSocket raw = RawSocket.connect(edge)) {
            String head = raw.handshake(Map.of("Authorization", "Bearer " + ann));

            assertThat(head).contains(" 101 ").doesNotContain("Sec-WebSocket-Protocol");
        }
    }

    @Test
    void a_message_is_acknowledged_to_its_device_and_told_to_all_others() throws Exception {
        String annsPhone = edge.session("ann", "phone");
        try (LiveSocket sender = LiveSocket.open(edge, ann);
                LiveSocket phone = LiveSocket.open(edge, annsPhone);
                LiveSocket receiver = LiveSocket.open(edge, bob)) {
            sender.send(send("m1", "hello"));

            ServerFrame.MessageAck ack = sender.next(ServerFrame.MessageAck.class);
            Message received = receiver.next(ServerFrame.MessageNew.class).message();
            assertThat(ack.conversationSeq()).isEqualTo(1);
            assertThat(ack.ref()).contains("ref-m1");
            assertThat(received.messageId()).isEqualTo(ack.messageId());
            assertThat(received.body()).isEqualTo(new MessageBody.Text("hello"));
            assertThat(phone.next(ServerFrame.MessageNew.class).message()).isEqualTo(received);
            sender.send(new ClientFrame.Ping(Optional.of("p")));
            assertThat(sender.next(ServerFrame.Pong.class).ref()).contains("p");
        }
    }

    @Test
    void sends_of_one_socket_are_committed_and_received_in_their_order() throws Exception {
        int count = 500;
        try (LiveSocket sender = LiveSocket.open(edge, ann);
                LiveSocket receiver = LiveSocket.open(edge, bob)) {
            for (int i = 1; i <= count; i++) {
                sender.send(send("m" + i, "text " + i));
            }

            for (int i = 1; i <= count; i++) {
                ServerFrame.MessageAck ack = sender.next(ServerFrame.MessageAck.class);
                Message received = receiver.next(ServerFrame.MessageNew.class).message();
                assertThat(ack.clientMessageId()).isEqualTo("m" + i);
                assertThat(ack.conversationSeq()).isEqualTo(i);
                assertThat(received.conversationSeq()).isEqualTo(i);
                assertThat(received.body()).isEqualTo(new MessageBody.Text("text " + i));
            }
        }
    }

    @Test
    void a_refused_send_is_answered_with_its_client_message_id() throws Exception {
        try (LiveSocket sender = LiveSocket.open(edge, edge.session("eve", "d1"))) {
            sender.send(send("m1", "let me in"));

            ServerFrame.ErrorFrame error = sender.next(ServerFrame.ErrorFrame.class);
            assertThat(error.problem().code()).isEqualTo(ErrorCode.NOT_A_MEMBER);
            assertThat(error.clientMessageId()).contains("m1");
            assertThat(error.ref()).contains("ref-m1");
        }
    }

    @Test
    void a_send_without_an_answer_says_whether_it_happened() throws Exception {
        try (LiveSocket sender = LiveSocket.open(edge, ann)) {
            edge.chat.failWith(new GateException(ErrorCode.OUTCOME_UNKNOWN, "the leader died"));
            sender.send(send("m1", "hello"));
            ServerFrame.ErrorFrame error = sender.next(ServerFrame.ErrorFrame.class);
            edge.chat.failWith(null);
            sender.send(send("m1", "hello"));

            assertThat(error.problem().code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
            assertThat(error.problem().detail()).doesNotContain("leader");
            assertThat(sender.next(ServerFrame.MessageAck.class).conversationSeq())
                    .isEqualTo(1);
        }
    }

    @Test
    void reading_is_told_to_the_others_and_to_the_readers_own_devices() throws Exception {
        edge.post(ann, conversation, "m1", "hello");
        String bobsPhone = edge.session("bob", "phone");
        try (LiveSocket sender = LiveSocket.open(edge, ann);
                LiveSocket receiver = LiveSocket.open(edge, bob);
                LiveSocket phone = LiveSocket.open(edge, bobsPhone)) {
            receiver.send(new ClientFrame.CursorDelivered(conversation, 1, Optional.empty()));
            ServerFrame.ReceiptDelivered delivered = sender.next(ServerFrame.ReceiptDelivered.class);
            receiver.send(new ClientFrame.CursorRead(conversation, 1, Optional.empty()));

            assertThat(delivered).isEqualTo(new ServerFrame.ReceiptDelivered(conversation, "bob", 1));
            assertThat(sender.next(ServerFrame.ReceiptRead.class))
                    .isEqualTo(new ServerFrame.ReceiptRead(conversation, "bob", 1));
            assertThat(phone.next(ServerFrame.ReceiptRead.class).userId()).isEqualTo("bob");
        }
    }

    @Test
    void a_position_past_the_head_is_refused_with_its_ref() throws Exception {
        try (LiveSocket socket = LiveSocket.open(edge, ann)) {
            socket.send(new ClientFrame.CursorRead(conversation, 99, Optional.of("r")));
            ServerFrame.ErrorFrame read = socket.next(ServerFrame.ErrorFrame.class);
            socket.send(new ClientFrame.CursorDelivered(conversation, 99, Optional.of("d")));
            ServerFrame.ErrorFrame delivered = socket.next(ServerFrame.ErrorFrame.class);

            assertThat(read.problem().code()).isEqualTo(ErrorCode.INVALID_FIELD);
            assertThat(read.ref()).contains("r");
            assertThat(delivered.ref()).contains("d");
        }
    }

    @Test
    void a_sync_brings_the_gap_in_order_and_says_what_is_not_the_callers() throws Exception {
        edge.session("cid", "d1");
        String other = edge.direct(bob, "bob", "cid");
        for (int i = 1; i <= 5; i++) {
            edge.post(bob, conversation, "m" + i, "text " + i);
        }
        edge.chat.awaitDelivered(); // or the last of them might come live before the sync begins
        try (LiveSocket socket = LiveSocket.open(edge, ann)) {
            socket.send(
                    new ClientFrame.SyncStart(Map.of(conversation, 2L, other, 0L), Optional.empty(), Optional.of("s")));

            List<Long> seqs = new ArrayList<>();
            List<ServerFrame.ErrorFrame> errors = new ArrayList<>();
            ServerFrame frame = socket.next(ServerFrame.class);
            while (!(frame instanceof ServerFrame.SyncDone)) {
                switch (frame) {
                    case ServerFrame.SyncBatch batch ->
                        batch.messages().forEach(message -> seqs.add(message.conversationSeq()));
                    case ServerFrame.ErrorFrame error -> errors.add(error);
                    default -> throw new AssertionError(frame);
                }
                frame = socket.next(ServerFrame.class);
            }
            assertThat(seqs).containsExactly(3L, 4L, 5L);
            assertThat(errors).singleElement().satisfies(error -> {
                assertThat(error.problem().code()).isEqualTo(ErrorCode.NOT_A_MEMBER);
                assertThat(error.problem().errors().getFirst().field()).isEqualTo("cursors." + other);
            });
            assertThat(((ServerFrame.SyncDone) frame).resumed()).isTrue();
            assertThat(((ServerFrame.SyncDone) frame).ref()).contains("s");
        }
    }

    @Test
    void a_sync_cursor_past_the_head_is_an_error_but_hides_nothing() throws Exception {
        edge.post(ann, conversation, "m1", "one");
        edge.chat.awaitDelivered();
        try (LiveSocket socket = LiveSocket.open(edge, bob)) {
            socket.send(new ClientFrame.SyncStart(Map.of(conversation, 50L), Optional.empty(), Optional.empty()));

            assertThat(socket.next(ServerFrame.ErrorFrame.class).problem().code())
                    .isEqualTo(ErrorCode.INVALID_FIELD);
            assertThat(socket.next(ServerFrame.SyncDone.class).resumed()).isFalse();
            edge.post(ann, conversation, "m2", "two");
            assertThat(socket.next(ServerFrame.MessageNew.class).message().conversationSeq())
                    .isEqualTo(2);
        }
    }

    @Test
    void a_device_that_knows_its_version_gets_what_changed_since() throws Exception {
        edge.post(ann, conversation, "m1", "one");
        try (LiveSocket socket = LiveSocket.open(edge, bob)) {
            socket.send(new ClientFrame.SyncStart(Map.of(), Optional.of(0L), Optional.of("s")));

            ServerFrame.ConversationUpdated updated = socket.next(ServerFrame.ConversationUpdated.class);
            assertThat(updated.conversationId()).isEqualTo(conversation);
            ServerFrame last;
            do {
                last = socket.next(ServerFrame.class);
            } while (last instanceof ServerFrame.SyncBatch || last instanceof ServerFrame.ConversationUpdated);
            assertThat(last).isInstanceOfSatisfying(ServerFrame.SyncDone.class, done -> {
                assertThat(done.ref()).contains("s");
                assertThat(done.resumed()).isTrue();
            });
        }
    }

    @Test
    void a_version_that_the_list_never_had_is_not_resumed() throws Exception {
        try (LiveSocket socket = LiveSocket.open(edge, ann)) {
            socket.send(new ClientFrame.SyncStart(Map.of(), Optional.of(1_000L), Optional.of("s")));

            assertThat(socket.next(ServerFrame.SyncDone.class).resumed()).isFalse();
        }
    }

    @Test
    void a_removed_member_hears_of_its_removal_and_of_nothing_later() throws Exception {
        String group = edge.group(ann, List.of("bob"));
        try (LiveSocket removed = LiveSocket.open(edge, bob)) {
            edge.call("DELETE", "/v1/conversations/" + group + "/members/bob", ann, "");
            edge.post(ann, group, "m1", "among us");
            edge.post(ann, conversation, "m1", "to you");

            assertThat(removed.next(ServerFrame.MessageNew.class).message().body())
                    .isInstanceOf(MessageBody.Membership.class);
            assertThat(removed.next(ServerFrame.MessageNew.class).message().conversationId())
                    .isEqualTo(conversation);
        }
    }

    @Test
    void a_second_session_of_the_device_replaces_the_first() throws Exception {
        try (LiveSocket first = LiveSocket.open(edge, ann);
                LiveSocket second = LiveSocket.open(edge, ann)) {
            assertThat(first.closeCode()).isEqualTo(CloseCode.REPLACED.code());
            edge.post(bob, conversation, "m1", "hello");
            assertThat(second.next(ServerFrame.MessageNew.class).message().senderId())
                    .isEqualTo("bob");
        }
    }

    @Test
    void a_newer_session_on_another_node_replaces_the_one_here_and_an_older_one_does_not() throws Exception {
        try (LiveSocket socket = LiveSocket.open(edge, ann)) {
            edge.sessions.replaceElsewhere("ann", "d1", "s_000000000000000000000000");
            socket.send(new ClientFrame.Ping(Optional.empty()));
            socket.next(ServerFrame.Pong.class);
            edge.sessions.replaceElsewhere("ann", "d1", "s_ffffffffffffffffffffffff");

            assertThat(socket.closeCode()).isEqualTo(CloseCode.REPLACED.code());
        }
    }

    @Test
    void revoking_a_device_closes_its_socket_only() throws Exception {
        String phone = edge.session("ann", "phone");
        try (LiveSocket revoked = LiveSocket.open(edge, phone);
                LiveSocket other = LiveSocket.open(edge, ann)) {
            edge.call("DELETE", "/v1/devices/phone", ann, "");

            assertThat(revoked.closeCode()).isEqualTo(CloseCode.DEVICE_REVOKED.code());
            other.send(new ClientFrame.Ping(Optional.empty()));
            other.next(ServerFrame.Pong.class);
            assertThat(handshakeStatus(phone)).isEqualTo(401);
        }
    }

    @Test
    void missed_deliveries_close_every_session_so_that_it_resumes() throws Exception {
        try (LiveSocket socket = LiveSocket.open(edge, ann)) {
            edge.sessions.missed(0, 0);

            assertThat(socket.closeCode()).isEqualTo(CloseCode.RESYNC.code());
        }
        try (LiveSocket socket = LiveSocket.open(edge, ann)) {
            edge.sessions.deliver(0, new Delivery(1, new Delivery.Unreadable("damaged")));

            assertThat(socket.closeCode()).isEqualTo(CloseCode.RESYNC.code());
        }
    }

    @Test
    void a_wrong_or_missing_token_is_refused_before_the_upgrade() throws Exception {
        assertThat(handshakeStatus("")).isEqualTo(401);
        assertThat(handshakeStatus("nonsense")).isEqualTo(401);
        assertThat(handshakeStatus(edge.bearer("ann"))).isEqualTo(401);
        try (RawSocket raw = RawSocket.connect(edge)) {
            assertThat(raw.handshake(Map.of()))
                    .startsWith("HTTP/1.1 401")
                    .contains("Content-Type: application/problem+json", "WWW-Authenticate: Bearer");
            assertThat(raw.readAll()).contains("\"code\":\"token-missing\"");
        }
    }

    @Test
    void a_page_of_another_origin_may_not_connect() throws Exception {
        assertThat(originStatus("https://evil.example")).contains(" 403 ");
        assertThat(originStatus("null")).contains(" 403 ");
        assertThat(originStatus("http://127.0.0.1:" + edge.server.port())).contains(" 101 ");
    }

    @Test
    void a_handshake_that_is_none_is_malformed() throws Exception {
        for (Map<String, String> wrong : List.of(
                Map.of("Sec-WebSocket-Key", "short"),
                Map.of("Sec-WebSocket-Key", ""),
                Map.of("Sec-WebSocket-Version", "8"),
                Map.of("Upgrade", "h2c"))) {
            try (RawSocket raw = RawSocket.connect(edge)) {
                assertThat(raw.handshake(wrong)).as(wrong.toString()).startsWith("HTTP/1.1 400");
            }
        }
    }

    @Test
    void more_connections_than_allowed_are_turned_away() throws Exception {
        try (EdgeFixture small = EdgeFixture.start(settings -> new EdgeSettings(
                settings.host(),
                0,
                Optional.empty(),
                List.of(),
                1,
                settings.rates(),
                settings.sessions(),
                settings.tls()))) {
            String first = small.session("u1", "d1");
            String second = small.session("u2", "d1");
            try (LiveSocket socket = LiveSocket.open(small, first);
                    RawSocket raw = RawSocket.connect(small)) {
                assertThat(raw.handshake(Map.of("Authorization", "Bearer " + second)))
                        .contains(" 503 ")
                        .contains("Retry-After");
                socket.send(new ClientFrame.Ping(Optional.empty()));
                socket.next(ServerFrame.Pong.class);
            }
        }
    }

    @Test
    void a_device_that_sends_too_fast_is_told_when_to_send_again() throws Exception {
        RateLimits.Settings slow = new RateLimits.Settings(new RateLimits.Rate(1, 2), RateLimits.Rate.OFF);
        try (EdgeFixture limited = EdgeFixture.start(settings -> settings.withRates(slow))) {
            String token = limited.session("ann", "d1");
            limited.session("bob", "d1");
            limited.direct(token, "ann", "bob");
            try (LiveSocket socket = LiveSocket.open(limited, token)) {
                for (int i = 1; i <= 3; i++) {
                    socket.send(send("m" + i, "text"));
                }

                List<ServerFrame> answers = List.of(
                        socket.next(ServerFrame.class), socket.next(ServerFrame.class), socket.next(ServerFrame.class));
                assertThat(answers)
                        .filteredOn(ServerFrame.ErrorFrame.class::isInstance)
                        .singleElement()
                        .satisfies(frame -> {
                            ServerFrame.ErrorFrame error = (ServerFrame.ErrorFrame) frame;
                            assertThat(error.problem().code()).isEqualTo(ErrorCode.RATE_LIMITED);
                            assertThat(error.problem().retryAfterMillis()).isPresent();
                            assertThat(error.clientMessageId()).contains("m3");
                        });
            }
        }
    }

    @Test
    void a_drain_tells_sessions_closes_them_and_takes_no_new_ones() throws Exception {
        try (LiveSocket first = LiveSocket.open(edge, ann);
                LiveSocket second = LiveSocket.open(edge, bob)) {
            edge.server.drain(Duration.ofMillis(200));

            first.next(ServerFrame.Drain.class);
            second.next(ServerFrame.Drain.class);
            assertThat(first.closeCode()).isEqualTo(CloseCode.RESTARTING.code());
            assertThat(second.closeCode()).isEqualTo(CloseCode.RESTARTING.code());
            assertThat(handshakeStatus(ann)).isEqualTo(503);
            assertThat(edge.get("/v1/me", ann).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_port_in_use_is_said_in_one_sentence() {
        EdgeSettings taken = EdgeSettings.at("127.0.0.1", edge.server.port());

        assertThatThrownBy(() -> EdgeServer.start(taken, edge.parts))
                .isInstanceOf(EdgeStartException.class)
                .hasMessage("Port %d of 127.0.0.1 cannot be opened: Address already in use.", edge.server.port());
    }

    private ClientFrame send(String clientMessageId, String text) {
        return new ClientFrame.MessageSend(
                conversation, clientMessageId, new MessageBody.Text(text), Optional.of("ref-" + clientMessageId));
    }

    private int handshakeStatus(String token) throws Exception {
        try {
            LiveSocket.connect(edge, token, new WebSocket.Listener() {}).abort();
            return 101;
        } catch (WebSocketHandshakeException e) {
            HttpResponse<?> response = e.getResponse();
            return response.statusCode();
        }
    }

    private String originStatus(String origin) throws Exception {
        try (RawSocket raw = RawSocket.connect(edge)) {
            return raw.handshake(Map.of("Authorization", "Bearer " + ann, "Origin", origin));
        }
    }
}
