package dev.parley.jepsen.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.client.ClientOptions;
import dev.parley.client.InMemoryDeviceStore;
import dev.parley.client.LiveSession;
import dev.parley.client.ParleyClient;
import dev.parley.client.SessionListener;
import dev.parley.jepsen.Patience;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes are backed up while users talk, the backup is interrupted and damaged, and becomes one new node.
class BackupTest {
    private static final int CONVERSATIONS = 4;
    private static final long PAUSE_NANOS = 30_000_000;

    /// In MB a second: a backup of these partitions takes half a minute then, so that it can be killed in the
    /// middle.
    private static final String SLOWLY = "0.005";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_backup_taken_under_load_becomes_a_new_cluster_with_every_acknowledged_record() throws Exception {
        BackupProgram backup = new BackupProgram(folder);
        InMemoryDeviceStore device = new InMemoryDeviceStore();
        Map<String, List<String>> acknowledged;
        Map<String, List<String>> all;
        try (LocalCluster old = LocalCluster.start(Files.createDirectories(folder.resolve("old")), 3);
                Talk talk = new Talk(old)) {
            talk.awaitEachSaid(10);
            follow(talk.client, device, talk.acknowledged());
            String admin = old.adminUrl(0).toString();

            JsonNode first = backup.json("create", "--admin", admin);
            backup.killAfterFirstLine("create", "--admin", admin, "--full", "--rate", SLOWLY);
            assertThat(ids(backup)).containsExactly(first.path("id").asText());

            acknowledged = talk.acknowledged();
            JsonNode second = backup.json("create", "--admin", old.adminUrl(1).toString());
            assertThat(second.path("kind").asText()).isEqualTo("incremental");
            assertThat(second.path("newBytes").asLong())
                    .isLessThan(second.path("bytes").asLong());
            talk.finish();
            all = talk.acknowledged();
            assertThat(ids(backup))
                    .containsExactly(
                            first.path("id").asText(), second.path("id").asText());
            assertThat(backup.run("prune", "--keep", "1", "--yes").code()).isZero();
            assertThat(ids(backup)).containsExactly(second.path("id").asText());
        }

        try (GrowingCluster restored = new GrowingCluster(Files.createDirectories(folder.resolve("new")), 1)) {
            Files.delete(restored.secret());
            String config = restored.configure(1, "").toString();
            damagedBackupsAreNamedAndRefused(backup, config);
            assertThat(backup.json("restore", "--config", config)
                            .path("conversations")
                            .asInt())
                    .isEqualTo(CONVERSATIONS);
            restored.found(1);
            everythingIsThere(restored, device, acknowledged, all);
        }
    }

    private static List<String> ids(BackupProgram backup) throws Exception {
        List<String> ids = new ArrayList<>();
        backup.json("list").forEach(each -> ids.add(each.path("id").asText()));
        return ids;
    }

    private static void damagedBackupsAreNamedAndRefused(BackupProgram backup, String config) throws Exception {
        Path largest;
        try (Stream<Path> objects = Files.walk(backup.repository().resolve("objects"))) {
            largest = objects.filter(Files::isRegularFile)
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
        byte[] good = Files.readAllBytes(largest);
        byte[] bad = good.clone();
        bad[bad.length / 2] ^= 1;
        Files.write(largest, bad);

        Commands.Result verified = backup.run("verify");
        assertThat(verified.code()).as(verified.output()).isEqualTo(1);
        assertThat(verified.output()).contains(largest.getFileName().toString()).contains("damaged");
        Commands.Result refused = backup.run("restore", "--config", config);
        assertThat(refused.code()).as(refused.output()).isEqualTo(1);
        assertThat(refused.output())
                .contains("nothing was restored")
                .contains(largest.getFileName().toString());

        Files.write(largest, good);
        Commands.Result sound = backup.run("verify");
        assertThat(sound.code()).as(sound.output()).isZero();
    }

    private static void everythingIsThere(
            GrowingCluster restored,
            InMemoryDeviceStore device,
            Map<String, List<String>> acknowledged,
            Map<String, List<String>> all)
            throws Exception {
        try (HttpClient http = ParleyClient.newHttp(Duration.ofSeconds(3));
                ParleyClient client = client(http, restored.urls(), restored.token("speaker", 1), "d_speaker")) {
            Map<String, List<String>> histories = new ConcurrentHashMap<>();
            acknowledged.forEach((conversation, lines) -> {
                List<String> texts = new ArrayList<>();
                client.readAll(conversation, message -> add(message, texts));
                assertThat(texts).as(conversation).startsWith(lines.toArray(String[]::new));
                assertThat(all.get(conversation)).as(conversation).startsWith(texts.toArray(String[]::new));
                histories.put(conversation, texts);
            });
            assertThat(client.conversations())
                    .hasSize(CONVERSATIONS)
                    .allSatisfy(listed -> assertThat(listed.headSeq())
                            .isGreaterThanOrEqualTo(histories
                                    .getOrDefault(listed.conversationId(), List.of())
                                    .size()));

            // The device has positions of the old cluster, some past the ends of the restored histories.
            assertThat(device.listVersion()).isPresent();
            follow(client, device, histories);
            String conversation = acknowledged.keySet().iterator().next();
            client.post(conversation, "after", "after the restore");
            histories.computeIfAbsent(conversation, _ -> new ArrayList<>()).add("after the restore");
            follow(client, new InMemoryDeviceStore(), histories);
        }
    }

    /// Connects a device and waits until it was shown all of these records, in order, and has the list.
    private static void follow(ParleyClient client, InMemoryDeviceStore store, Map<String, List<String>> expected) {
        Map<String, List<String>> shown = new ConcurrentHashMap<>();
        SessionListener listener = new SessionListener() {
            @Override
            public void onRecord(Message message) {
                add(message, shown.computeIfAbsent(message.conversationId(), _ -> new CopyOnWriteArrayList<>()));
            }
        };
        try (LiveSession _ = client.connect(store, listener)) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> expected.forEach(
                            (conversation, lines) -> assertThat(shown.getOrDefault(conversation, List.of()))
                                    .startsWith(lines.toArray(String[]::new))));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> store.listVersion().isPresent());
        }
    }

    private static void add(Message message, List<String> texts) {
        if (message.body() instanceof MessageBody.Text(String text)) {
            texts.add(text);
        }
    }

    private static ParleyClient client(HttpClient http, List<URI> urls, String bearer, String deviceId) {
        return new ParleyClient(ClientOptions.of(urls, () -> bearer, deviceId).with(Patience.TIMING), http);
    }

    /// One user in some groups, who says one thing after the other in each until told to stop.
    private static final class Talk implements AutoCloseable {
        private final HttpClient http = ParleyClient.newHttp(Duration.ofSeconds(3));
        private final ExecutorService speakers = Executors.newVirtualThreadPerTaskExecutor();
        private final Map<String, List<String>> said = new ConcurrentHashMap<>();
        private final List<Future<?>> speaking = new ArrayList<>();
        private final ParleyClient client;
        private volatile boolean stopping;

        Talk(LocalCluster cluster) throws InterruptedException, IOException {
            client = client(http, cluster.urls(), cluster.token("speaker"), "d_speaker");
            try (ParleyClient other = client(http, cluster.urls(), cluster.token("other"), "d_other")) {
                for (int i = 0; i < CONVERSATIONS; i++) {
                    String conversation = client.group("Group " + i, List.of(client.userId(), other.userId()));
                    List<String> lines = new CopyOnWriteArrayList<>();
                    said.put(conversation, lines);
                    speaking.add(speakers.submit(() -> speak(conversation, lines)));
                }
            }
        }

        private void speak(String conversation, List<String> lines) {
            for (int i = 0; !stopping; i++) {
                String text = "line " + i;
                client.post(conversation, "line-" + i, text);
                lines.add(text);
                LockSupport.parkNanos(PAUSE_NANOS); // some load, not all that goes
            }
        }

        void awaitEachSaid(int lines) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> said.values().stream().allMatch(each -> each.size() >= lines));
        }

        /// What is acknowledged by now.
        Map<String, List<String>> acknowledged() {
            Map<String, List<String>> copy = new ConcurrentHashMap<>();
            said.forEach((conversation, lines) -> copy.put(conversation, List.copyOf(lines)));
            return copy;
        }

        /// Ends the talk; a post that failed fails here.
        void finish() throws Exception {
            stopping = true;
            for (Future<?> speaker : speaking) {
                speaker.get(2, TimeUnit.MINUTES);
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
