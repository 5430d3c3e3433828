package dev.parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.protocol.ClientFrame;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How a session resumes from a version of its user's list.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ListResumeTest {

    private static final String CONVERSATION = "c_1";

    private TwinCluster cluster;
    private ParleyClient client;
    private final InMemoryDeviceStore store = new InMemoryDeviceStore();
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
        LiveSession session = client.connect(store, seen);
        assertThat(session.awaitOnline(Duration.ofSeconds(10))).isTrue();
        return session;
    }

    @Test
    void a_session_resumes_from_the_version_that_it_reached_without_reading_the_list() throws Exception {
        cluster.append(CONVERSATION, TwinCluster.PEER, "one");
        try (LiveSession _ = connect()) {
            seen.awaitTexts("one");
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> store.listVersion().isPresent());
        }
        cluster.append(CONVERSATION, TwinCluster.PEER, "two");
        cluster.append("c_2", TwinCluster.PEER, "elsewhere");
        cluster.otherFrames.clear();

        try (LiveSession _ = connect()) {
            seen.awaitTexts("one", "two", "elsewhere");
            assertThat(cluster.otherFrames.stream().filter(ClientFrame.SyncStart.class::isInstance))
                    .singleElement()
                    .isInstanceOfSatisfying(ClientFrame.SyncStart.class, start -> {
                        assertThat(start.cursors()).isEmpty();
                        assertThat(start.since()).contains(1L);
                    });
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> store.listVersion().orElse(0) == 3);
        }
    }

    @Test
    void a_version_that_the_server_does_not_know_costs_a_look_at_the_whole_list() throws Exception {
        cluster.append(CONVERSATION, TwinCluster.PEER, "one");
        store.advanceList(99);

        try (LiveSession _ = connect()) {
            seen.awaitTexts("one");
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> store.listVersion().orElse(0) == 1);
        }
    }
}
