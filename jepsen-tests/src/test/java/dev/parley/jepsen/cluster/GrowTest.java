package dev.parley.jepsen.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.client.ClientOptions;
import dev.parley.client.ParleyClient;
import dev.parley.jepsen.Patience;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A cluster that grows from one node to five and shrinks to three, while users talk: what was acknowledged is
/// there,
/// once and in order, and no user is shown an error, although nodes are killed in the middle of moves.
class GrowTest {
    private static final int CONVERSATIONS = 6;
    private static final long PAUSE_NANOS = 20_000_000;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_cluster_grows_from_one_to_five_nodes_and_shrinks_to_three_under_load() throws Exception {
        try (GrowingCluster cluster = new GrowingCluster(folder, 5)) {
            cluster.found(1);
            try (Talk talk = new Talk(cluster)) {
                cluster.join(2, 1);
                cluster.join(3, 2);
                cluster.await("three replicas of each group", 1, picture -> GrowingCluster.settled(picture, 3));

                cluster.join(4, 1);
                cluster.join(5, 3);
                cluster.await("five active nodes", 1, picture -> active(picture) == 5);
                rebalanceWhileNodesDie(cluster);
                assertThat(replicas(cluster.picture(1))).containsOnlyKeys("n1", "n2", "n3", "n4", "n5");
                // One plan moves each group once at most, so that five groups on three nodes are not even after it.
                assertThat(replicas(cluster.picture(1)).values()).allMatch(held -> held >= 2 && held <= 4);

                leave(cluster, 1, 2);
                leave(cluster, 2, 3);
                assertThat(replicas(cluster.picture(3)).values()).containsOnly(5, 0);

                assertReplicasEqual(cluster, 3);
                talk.finish();
                talk.assertAllIsThere(cluster, List.of(3, 4, 5));
                repairOddReplica(cluster, talk);
            }
        }
    }

    @Test
    void a_node_with_a_wrong_token_or_another_secret_is_not_let_in() throws Exception {
        try (GrowingCluster cluster = new GrowingCluster(folder, 3)) {
            cluster.found(1);
            NodeProcess stranger = cluster.joinWith(2, 1, "parley-join-made-up-by-myself");
            assertThat(stranger.awaitEnd(Duration.ofMinutes(1))).isEqualTo(2);
            assertThat(stranger.lastWords()).contains("does not let this one in: the join token is not known here");

            String token = cluster.post("/admin/v1/cluster/join-tokens", 1)
                    .path("token")
                    .asText();
            cluster.joinWith(2, 1, token);
            cluster.awaitReady(2);
            NodeProcess second = cluster.joinWith(3, 1, token);
            assertThat(second.awaitEnd(Duration.ofMinutes(1))).isEqualTo(2);
            assertThat(second.lastWords()).contains("the join token was used by node n2");
        }
    }

    /// The coordinator and a node that gets replicas are killed in the middle of moves; a second administrator
    /// is told
    /// of the first.
    private static void rebalanceWhileNodesDie(GrowingCluster cluster) throws Exception {
        cluster.post("/admin/v1/cluster/rebalance", 1);
        HttpResponse<String> second = cluster.raw("/admin/v1/cluster/rebalance", 2);
        assertThat(second.statusCode()).as(second.body()).isEqualTo(403);

        JsonNode moving = cluster.await("a move under way", 1, picture -> underWay(picture) > 0);
        int coordinator = leaderOfSystem(moving);
        cluster.kill(coordinator);
        cluster.restart(coordinator);
        cluster.awaitReady(coordinator);
        int target = coordinator == 4 ? 5 : 4;
        cluster.kill(target);
        cluster.restart(target);
        cluster.awaitReady(target);
        cluster.await("the end of the rebalance", 1, picture -> GrowingCluster.settled(picture, 3));
    }

    private static void leave(GrowingCluster cluster, int node, int at) throws Exception {
        cluster.post("/admin/v1/cluster/nodes/n" + node + "/drain", at);
        cluster.await("everything away from n" + node, at, picture -> GrowingCluster.settled(picture, 3));
        String drain = "/admin/v1/cluster/nodes/n" + node + "/drain";
        cluster.await("safe to remove", at, _ -> {
            try {
                return cluster.get(drain, at).path("safeToRemove").asBoolean();
            } catch (java.io.IOException e) {
                return false; // asked again
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
        cluster.delete("/admin/v1/cluster/nodes/n" + node, at);
        cluster.stop(node);
    }

    /// All replicas of all groups are the same, row by row, while users talk.
    private static void assertReplicasEqual(GrowingCluster cluster, int at) throws Exception {
        long rows = 0;
        for (int partition = 0; partition < GrowingCluster.PARTITIONS; partition++) {
            JsonNode found = verify(cluster, partition, at);
            assertThat(found.path("equal").asBoolean()).as(found.toString()).isTrue();
            assertThat(found.path("compared")).hasSize(3);
            rows += found.path("rows").asLong();
        }
        assertThat(rows).isGreaterThan(CONVERSATIONS);
    }

    private static JsonNode verify(GrowingCluster cluster, int partition, int at) throws Exception {
        JsonNode found = cluster.post("/admin/v1/cluster/groups/p-00" + partition + "/verify", at);
        assertThat(found.path("next").isNull()).as("all of it in one answer").isTrue();
        return found;
    }

    /// One row of one replica is changed on its disk: the comparison names it, and the repair fetches it anew.
    private static void repairOddReplica(GrowingCluster cluster, Talk talk) throws Exception {
        cluster.stopKept(4);
        int partition = OddRow.plant(cluster.home(4).resolve("data"), GrowingCluster.PARTITIONS);
        cluster.restart(4);
        cluster.awaitReady(4);
        cluster.await("three replicas of each group", 3, picture -> GrowingCluster.settled(picture, 3));

        JsonNode found = verify(cluster, partition, 3);
        assertThat(found.path("equal").asBoolean()).as(found.toString()).isFalse();
        assertThat(found.path("odd").asText()).isEqualTo("n4");

        cluster.post("/admin/v1/cluster/groups/p-00" + partition + "/repair/n4", 3);
        cluster.await(
                "the repair",
                3,
                picture -> picture.toString().contains("repair") && GrowingCluster.settled(picture, 3));
        JsonNode after = verify(cluster, partition, 3);
        assertThat(after.path("equal").asBoolean()).as(after.toString()).isTrue();
        talk.assertAllIsThere(cluster, List.of(4));
    }

    private static int active(JsonNode picture) {
        int active = 0;
        for (JsonNode node : picture.path("nodes")) {
            active += node.path("state").asText().equals("active") ? 1 : 0;
        }
        return active;
    }

    private static int underWay(JsonNode picture) {
        int moves = 0;
        for (JsonNode job : picture.path("jobs")) {
            for (JsonNode move : job.path("moves")) {
                String step = move.path("step").asText();
                moves += List.of("preparing", "adding", "catching_up", "removing")
                                .contains(step)
                        ? 1
                        : 0;
            }
        }
        return moves;
    }

    private static int leaderOfSystem(JsonNode picture) {
        for (JsonNode group : picture.path("groups")) {
            if (group.path("group").asText().equals("system")
                    && !group.path("leader").asText("").isEmpty()) {
                return Integer.parseInt(group.path("leader").asText().substring(1));
            }
        }
        return 2;
    }

    private static Map<String, Integer> replicas(JsonNode picture) {
        Map<String, Integer> replicas = new ConcurrentHashMap<>();
        for (JsonNode node : picture.path("nodes")) {
            replicas.put(node.path("id").asText(), node.path("replicas").asInt());
        }
        return replicas;
    }

    /// One user in some groups, who says one thing after the other in each until told to stop.
    private static final class Talk implements AutoCloseable {
        private final HttpClient http = ParleyClient.newHttp(Duration.ofSeconds(3));
        private final ExecutorService speakers = Executors.newVirtualThreadPerTaskExecutor();
        private final Map<String, List<String>> acknowledged = new ConcurrentHashMap<>();
        private final List<Future<?>> speaking = new ArrayList<>();
        private final String token;
        private final ParleyClient client;
        private volatile boolean stopping;

        Talk(GrowingCluster cluster) throws Exception {
            token = cluster.token("speaker", 1);
            client = client(cluster.urls(), token, "d_speaker");
            try (ParleyClient other = client(cluster.urls(), cluster.token("other", 1), "d_other")) {
                for (int i = 0; i < CONVERSATIONS; i++) {
                    String conversation = client.group("Group " + i, List.of(client.userId(), other.userId()));
                    List<String> lines = new CopyOnWriteArrayList<>();
                    acknowledged.put(conversation, lines);
                    speaking.add(speakers.submit(() -> speak(conversation, lines)));
                }
            }
        }

        private ParleyClient client(List<URI> urls, String bearer, String deviceId) {
            return new ParleyClient(
                    ClientOptions.of(urls, () -> bearer, deviceId).with(Patience.TIMING), http);
        }

        private void speak(String conversation, List<String> lines) {
            for (int i = 0; !stopping; i++) {
                String text = "line " + i;
                client.post(conversation, "line-" + i, text);
                lines.add(text);
                LockSupport.parkNanos(PAUSE_NANOS); // some load, not all that goes
            }
        }

        /// Ends the talk; a post that failed fails here.
        void finish() throws Exception {
            stopping = true;
            for (Future<?> speaker : speaking) {
                speaker.get(2, TimeUnit.MINUTES);
            }
        }

        /// Every conversation, read at each of these nodes, has what was acknowledged, once and in order.
        void assertAllIsThere(GrowingCluster cluster, List<Integer> nodes) {
            for (int node : nodes) {
                try (ParleyClient reader = client(List.of(cluster.url(node)), token, "d_reader")) {
                    acknowledged.forEach((conversation, lines) -> {
                        List<String> texts = new ArrayList<>();
                        reader.readAll(conversation, (Message message) -> {
                            if (message.body() instanceof MessageBody.Text(String text)) {
                                texts.add(text);
                            }
                        });
                        assertThat(texts)
                                .as("history of %s at n%d", conversation, node)
                                .isNotEmpty()
                                .isEqualTo(lines);
                    });
                }
            }
        }

        @Override
        public void close() {
            stopping = true;
            speakers.shutdownNow();
            client.close();
            http.close();
        }
    }
}
