package dev.parley.node.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.Rest.UserPresence;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.RestJson;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who is here and who is typing, over real sockets. A broken connection counts for a second here.
class PresenceSocketTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private EdgeFixture edge;
    private String ann;
    private String bob;
    private String direct;

    @BeforeEach
    void start() throws Exception {
        edge = EdgeFixture.start();
        ann = edge.session("ann", "d1");
        bob = edge.session("bob", "d1");
        direct = edge.direct(ann, "ann", "bob");
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    private LiveSocket watching() throws Exception {
        // Until one heartbeat has passed nobody knows that somebody is not here.
        await().atMost(PATIENCE).until(() -> presence(ann, "bob").statusCode() == 200);
        LiveSocket socket = LiveSocket.open(edge, ann);
        socket.send(new ClientFrame.PresenceWatch(List.of("bob"), List.of(), Optional.of("w")));
        assertThat(socket.next(ServerFrame.PresenceChanged.class))
                .isEqualTo(new ServerFrame.PresenceChanged(
                        List.of(UserPresence.offline("bob", Optional.empty())), Optional.of("w")));
        return socket;
    }

    private HttpResponse<String> presence(String token, String userId) throws Exception {
        return edge.get("/v1/users/" + userId + "/presence", token);
    }

    private static UserPresence only(ServerFrame.PresenceChanged frame) {
        assertThat(frame.users()).hasSize(1);
        return frame.users().getFirst();
    }

    @Test
    void a_user_is_online_with_its_socket_and_offline_with_its_goodbye() throws Exception {
        try (LiveSocket watcher = watching();
                RawSocket bobs = RawSocket.connect(edge)) {
            bobs.handshake(Map.of("Authorization", "Bearer " + bob));
            assertThat(only(watcher.next(ServerFrame.PresenceChanged.class))).isEqualTo(UserPresence.online("bob"));
            assertThat(RestJson.decodeUserPresence(EdgeFixture.bytes(presence(ann, "bob"))))
                    .isEqualTo(UserPresence.online("bob"));

            bobs.frame(0x88, new byte[] {0x03, (byte) 0xE8}); // a close frame with 1000

            UserPresence gone = only(watcher.next(ServerFrame.PresenceChanged.class));
            assertThat(gone.status()).isEqualTo("offline");
            assertThat(gone.lastActiveAt()).isPresent();
            assertThat(RestJson.decodeUserPresence(EdgeFixture.bytes(presence(ann, "bob"))))
                    .isEqualTo(gone);
        }
    }

    @Test
    void a_socket_that_breaks_is_offline_after_the_grace() throws Exception {
        try (LiveSocket watcher = watching()) {
            try (LiveSocket _ = LiveSocket.open(edge, bob)) { // its end is no goodbye
                assertThat(only(watcher.next(ServerFrame.PresenceChanged.class)))
                        .isEqualTo(UserPresence.online("bob"));
            }

            assertThat(only(watcher.next(ServerFrame.PresenceChanged.class)).status())
                    .isEqualTo("offline");
        }
    }

    @Test
    void a_device_that_is_revoked_is_offline() throws Exception {
        try (LiveSocket watcher = watching();
                LiveSocket bobs = LiveSocket.open(edge, bob)) {
            watcher.next(ServerFrame.PresenceChanged.class);

            assertThat(edge.call("DELETE", "/v1/devices/d1", bob, "").statusCode())
                    .isEqualTo(204);

            assertThat(bobs.closeCode()).isEqualTo(4401);
            assertThat(only(watcher.next(ServerFrame.PresenceChanged.class)).status())
                    .isEqualTo("offline");
        }
    }

    @Test
    void who_is_blocked_sees_the_blocker_go() throws Exception {
        try (LiveSocket watcher = watching();
                LiveSocket _ = LiveSocket.open(edge, bob)) {
            assertThat(only(watcher.next(ServerFrame.PresenceChanged.class))).isEqualTo(UserPresence.online("bob"));

            assertThat(edge.call("PUT", "/v1/me/blocks/ann", bob, "").statusCode())
                    .isEqualTo(204);

            assertThat(only(watcher.next(ServerFrame.PresenceChanged.class)))
                    .isEqualTo(UserPresence.offline("bob", Optional.empty()));
        }
    }

    @Test
    void who_chooses_to_hide_is_gone_for_watchers_and_back_when_it_shows_itself() throws Exception {
        try (LiveSocket watcher = watching();
                LiveSocket _ = LiveSocket.open(edge, bob)) {
            assertThat(only(watcher.next(ServerFrame.PresenceChanged.class))).isEqualTo(UserPresence.online("bob"));

            edge.call("PATCH", "/v1/me/settings", bob, "{\"presenceVisibility\":\"nobody\"}");
            assertThat(only(watcher.next(ServerFrame.PresenceChanged.class)))
                    .isEqualTo(UserPresence.offline("bob", Optional.empty()));

            edge.call("PATCH", "/v1/me/settings", bob, "{\"presenceVisibility\":\"contacts\"}");
            assertThat(only(watcher.next(ServerFrame.PresenceChanged.class))).isEqualTo(UserPresence.online("bob"));
        }
    }

    @Test
    void too_many_users_or_conversations_are_refused() throws Exception {
        try (LiveSocket socket = watching()) {
            List<String> many = IntStream.range(0, 51).mapToObj(i -> "c_" + i).toList();
            socket.send(new ClientFrame.PresenceWatch(List.of(), many, Optional.of("r")));

            ServerFrame.ErrorFrame error = socket.next(ServerFrame.ErrorFrame.class);
            assertThat(error.problem().errors().getFirst().field()).isEqualTo("conversationIds");
            assertThat(error.ref()).contains("r");
        }
    }

    @Test
    void the_last_of_many_wishes_is_answered() throws Exception {
        try (LiveSocket socket = watching()) {
            for (int i = 0; i < 20; i++) {
                socket.send(new ClientFrame.PresenceWatch(
                        List.of("bob"), List.of(direct), Optional.of(Integer.toString(i))));
            }
            await().atMost(PATIENCE)
                    .until(() ->
                            socket.next(ServerFrame.PresenceChanged.class).ref().equals(Optional.of("19")));
        }
    }

    @Test
    void typing_is_heard_by_the_other_side_and_stored_nowhere() throws Exception {
        try (LiveSocket anns = LiveSocket.open(edge, ann);
                LiveSocket bobs = LiveSocket.open(edge, bob)) {
            anns.send(new ClientFrame.Typing(direct, true, Optional.empty()));

            assertThat(bobs.next(ServerFrame.MemberTyping.class))
                    .isEqualTo(new ServerFrame.MemberTyping(direct, "ann", true));
            assertThat(RestJson.decodeMessagePage(EdgeFixture.bytes(edge.get(EdgeFixture.messages(direct), bob)))
                            .messages())
                    .isEmpty();
        }
    }
}
