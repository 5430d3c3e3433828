package dev.parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.Rest;
import dev.parley.protocol.ServerFrame;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a live session tells and hears that is only about this moment.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HereAndNowTest {

    private static final String CONVERSATION = "c_1";

    private TwinCluster cluster;
    private ParleyClient client;
    private final Recorder seen = new Recorder();

    @BeforeEach
    void start() throws Exception {
        cluster = TwinCluster.of(1);
        client = new ParleyClient(ClientOptions.of(cluster.urls(), () -> "bearer", "d_1"));
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    private LiveSession connect() throws InterruptedException {
        LiveSession session = client.connect(new InMemoryDeviceStore(), seen);
        assertThat(session.awaitOnline(Duration.ofSeconds(10))).isTrue();
        return session;
    }

    @Test
    void what_is_watched_is_watched_again_after_a_reconnection() throws Exception {
        ClientFrame.PresenceWatch watch =
                new ClientFrame.PresenceWatch(List.of(TwinCluster.PEER), List.of(CONVERSATION), Optional.empty());
        Rest.UserPresence peer = Rest.UserPresence.online(TwinCluster.PEER);

        try (LiveSession session = connect()) {
            session.watch(watch.userIds(), watch.conversationIds());
            await().until(() -> cluster.otherFrames.contains(watch));
            cluster.nodes.getFirst().tell(new ServerFrame.PresenceChanged(List.of(peer), Optional.empty()));
            await().until(() -> seen.present().contains(peer));

            cluster.nodes.getFirst().closeSessions(4000, "resync");

            await().until(() ->
                    cluster.otherFrames.stream().filter(watch::equals).count() == 2);
        }
    }

    @Test
    void typing_goes_both_ways_and_leaves_nothing_behind() throws Exception {
        try (LiveSession session = connect()) {
            session.typing(CONVERSATION);
            session.typing(CONVERSATION, false);
            cluster.nodes.forEach(
                    node -> node.tell(new ServerFrame.MemberTyping(CONVERSATION, TwinCluster.PEER, true)));
            cluster.peerSays(CONVERSATION, "done");

            seen.awaitTexts("done");
            assertThat(seen.typists())
                    .containsExactly(new SessionListener.Typing(CONVERSATION, TwinCluster.PEER, true));
            await().until(() -> cluster.otherFrames.containsAll(List.of(
                    new ClientFrame.Typing(CONVERSATION, true, Optional.empty()),
                    new ClientFrame.Typing(CONVERSATION, false, Optional.empty()))));
        }
    }
}
