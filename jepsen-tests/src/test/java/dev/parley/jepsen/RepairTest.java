package dev.parley.jepsen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.client.ClientOptions;
import dev.parley.client.ParleyClient;
import dev.parley.jepsen.cluster.LocalCluster;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What three real node processes acknowledged survives that one loses its disk, or finds it damaged, is
/// repaired by
/// the others, and then one of those is gone: the repaired replicas hold everything, and their votes count.
class RepairTest {

    private static final int NODES = 3;
    private static final int CONVERSATIONS = 12;
    private static final int REPAIRED = 1;
    private static final int LATER_KILLED = 0;

    /// Messages in each conversation, each time some are said.
    private static final int ROUND = 10;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void nothing_acknowledged_is_lost_when_a_node_loses_its_disk_and_then_another_node_dies() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(folder, NODES);
                Chat chat = new Chat(cluster)) {
            chat.say("before");
            cluster.kill(REPAIRED);
            delete(cluster.dataDirectory(REPAIRED));
            chat.say("while it is gone");

            cluster.restart(REPAIRED);
            cluster.awaitRepaired(REPAIRED, LocalCluster.PARTITIONS);

            cluster.kill(LATER_KILLED);
            chat.say("with one of the others gone");
            chat.assertAllIsThere(cluster, List.of(REPAIRED, 2));
        }
    }

    @Test
    void a_damaged_log_is_set_aside_and_its_replica_is_repaired() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(folder, NODES);
                Chat chat = new Chat(cluster)) {
            chat.say("before");
            cluster.kill(REPAIRED);
            Path storage = cluster.dataDirectory(REPAIRED).resolve("storage");
            damage(fullestLog(storage.resolve("raft")));

            cluster.restart(REPAIRED);
            cluster.awaitRepaired(REPAIRED, 1);

            assertThat(children(storage.resolve("quarantine")))
                    .as("groups set aside: the damaged one, and no other")
                    .hasSize(1);
            cluster.kill(LATER_KILLED);
            chat.say("with one of the others gone");
            chat.assertAllIsThere(cluster, List.of(REPAIRED, 2));
        }
    }

    /// The log file that holds most. Ratis preallocates, so sizes say nothing.
    private static Path fullestLog(Path raft) throws IOException {
        List<Path> logs = new ArrayList<>();
        for (Path group : children(raft)) {
            children(group.resolve("current")).stream()
                    .filter(file -> file.getFileName().toString().startsWith("log_"))
                    .forEach(logs::add);
        }
        TreeMap<Integer, Path> byContent = new TreeMap<>();
        for (Path log : logs) {
            byContent.put(contentBytes(Files.readAllBytes(log)), log);
        }
        assertThat(byContent).as("logs under %s", raft).isNotEmpty();
        assertThat(byContent.lastKey()).as("bytes in the fullest log").isGreaterThan(4_096);
        return byContent.lastEntry().getValue();
    }

    private static int contentBytes(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    /// Turns a byte in the middle of what was stored: entries follow it, so it cannot be a write that did not
    /// finish.
    private static void damage(Path log) throws IOException {
        byte[] bytes = Files.readAllBytes(log);
        int middle = contentBytes(bytes) / 2;
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {(byte) ~bytes[middle]}), middle);
        }
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        assertThat(directory).doesNotExist();
    }

    /// One user who talks in some groups, and what was acknowledged to her, by conversation and place.
    private static final class Chat implements AutoCloseable {

        private final HttpClient http = ParleyClient.newHttp(Duration.ofSeconds(3));
        private final String token;
        private final ParleyClient client;
        private final NavigableMap<String, NavigableMap<Long, String>> acknowledged = new TreeMap<>();

        Chat(LocalCluster cluster) throws InterruptedException {
            String listenerToken = cluster.token("listener");
            token = cluster.token("speaker");
            client = client(cluster.urls(), token, "d_speaker");
            try (ParleyClient listener = client(cluster.urls(), listenerToken, "d_listener")) {
                List<String> members = List.of(client.userId(), listener.userId());
                for (int i = 0; i < CONVERSATIONS; i++) {
                    acknowledged.put(client.group("Group " + i, members), new TreeMap<>());
                }
            }
        }

        private ParleyClient client(List<URI> urls, String bearer, String deviceId) {
            return new ParleyClient(
                    ClientOptions.of(urls, () -> bearer, deviceId).with(Patience.TIMING), http);
        }

        /// Says some lines in every conversation, in all at once, and returns when all are acknowledged.
        void say(String what) throws Exception {
            try (ExecutorService speaking = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> conversations = new ArrayList<>();
                acknowledged.forEach((conversation, lines) -> conversations.add(speaking.submit(() -> {
                    for (int i = 0; i < ROUND; i++) {
                        String text = what + " " + i;
                        String id = (what + "-" + i).replace(' ', '-');
                        lines.put(client.post(conversation, id, text).conversationSeq(), text);
                    }
                })));
                for (Future<?> conversation : conversations) {
                    conversation.get();
                }
            }
        }

        /// Every conversation, read at each of these nodes, has what was acknowledged and nothing else.
        void assertAllIsThere(LocalCluster cluster, List<Integer> nodes) {
            for (int node : nodes) {
                URI url = cluster.urls().get(node);
                try (ParleyClient reader = client(List.of(url), token, "d_reader")) {
                    acknowledged.forEach((conversation, lines) -> {
                        List<Message> history = new ArrayList<>();
                        reader.readAll(conversation, history::add);
                        NavigableMap<Long, String> texts = new TreeMap<>();
                        for (Message message : history) {
                            if (message.body() instanceof MessageBody.Text(String text)) {
                                texts.put(message.conversationSeq(), text);
                            }
                        }
                        assertThat(texts)
                                .as("history of %s at node %d", conversation, node)
                                .isNotEmpty()
                                .isEqualTo(lines);
                    });
                }
            }
        }

        @Override
        public void close() {
            client.close();
            http.close();
        }
    }
}
