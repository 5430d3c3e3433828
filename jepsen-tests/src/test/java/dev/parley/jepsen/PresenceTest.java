package dev.parley.jepsen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.client.ClientOptions;
import dev.parley.client.InMemoryDeviceStore;
import dev.parley.client.LiveSession;
import dev.parley.client.ParleyClient;
import dev.parley.client.SessionListener;
import dev.parley.jepsen.cluster.LocalCluster;
import dev.parley.protocol.Message;
import dev.parley.protocol.Rest.UserPresence;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who is here, on three real nodes, when the leader of some of the users is killed.
class PresenceTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// Quick, so that the test is; the grace is long enough for a slow machine to elect a leader in.
    private static final String QUICK = "presence: {heartbeat: 2s, offline-after: 30s}\n";

    /// Enough for each of the four partitions to hold some.
    private static final int STAYING = 12;

    private static final List<String> DYING = List.of("ghost-1", "ghost-2");

    @TempDir
    private Path folder = Path.of("");

    private final List<ParleyClient> clients = new ArrayList<>();
    private final List<LiveSession> sessions = new ArrayList<>();

    @Test
    void presence_is_right_again_after_the_leader_of_the_users_died() throws Exception {
        List<String> staying =
                IntStream.range(0, STAYING).mapToObj(i -> "user-" + i).toList();
        Watcher watcher = new Watcher();
        try (LocalCluster cluster = LocalCluster.start(folder, 3, QUICK)) {
            int victim = cluster.mostLeading();
            URI watching = cluster.urls().get((victim + 1) % 3);
            URI home = cluster.urls().get((victim + 2) % 3);
            ParleyClient ann = client(cluster, "ann", watching);
            List<String> everybody = new ArrayList<>(staying);
            everybody.addAll(DYING);
            for (String userId : everybody) {
                client(cluster, userId, home).userId();
                ann.direct(userId);
            }
            connect(ann, watcher).watch(everybody, List.of());
            for (String userId : DYING) {
                connect(client(cluster, userId, cluster.urls().get(victim)), new Watcher());
            }
            for (String userId : staying) {
                connect(client(cluster, userId, home), new Watcher());
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(watcher.online()).containsAll(everybody));

            cluster.kill(victim);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(watcher.online()).containsExactlyInAnyOrderElementsOf(staying));
            assertThat(watcher.wentOffline).isSubsetOf(DYING);

            sessions.getLast().close();

            List<String> stayed = staying.subList(0, STAYING - 1);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(watcher.online()).containsExactlyInAnyOrderElementsOf(stayed));
        } finally {
            sessions.forEach(LiveSession::close);
            clients.forEach(ParleyClient::close);
        }
    }

    private ParleyClient client(LocalCluster cluster, String userId, URI node) throws InterruptedException {
        String token = cluster.token(userId);
        ParleyClient client = new ParleyClient(ClientOptions.of(List.of(node), () -> token, "d-" + clients.size())
                .with(Patience.TIMING));
        clients.add(client);
        return client;
    }

    private LiveSession connect(ParleyClient client, Watcher watcher) throws InterruptedException {
        LiveSession session = client.connect(new InMemoryDeviceStore(), watcher);
        sessions.add(session);
        assertThat(session.awaitOnline(PATIENCE)).isTrue();
        return session;
    }

    /// Remembers who is here, and who was here and left.
    private static final class Watcher implements SessionListener {
        private final Map<String, String> statuses = new ConcurrentHashMap<>();
        private final Set<String> wentOffline = ConcurrentHashMap.newKeySet();

        @Override
        public void onRecord(Message record) {
            // What is said is of no matter here.
        }

        @Override
        public void onPresence(List<UserPresence> users) {
            for (UserPresence user : users) {
                String before = statuses.put(user.userId(), user.status());
                if ("online".equals(before) && user.status().equals("offline")) {
                    wentOffline.add(user.userId());
                }
            }
        }

        List<String> online() {
            return statuses.entrySet().stream()
                    .filter(user -> user.getValue().equals("online"))
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }
}
