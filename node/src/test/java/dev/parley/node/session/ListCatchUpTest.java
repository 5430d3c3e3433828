package dev.parley.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.RecordBody;
import dev.parley.protocol.ClientFrame.SyncStart;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Devices that resume by the version of their user's list.
class ListCatchUpTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final FedNode node = new FedNode();

    @BeforeEach
    void follow() {
        await().atMost(PATIENCE).until(node::isFollowed);
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void a_device_gets_what_changed_since_its_version_and_nothing_else() throws Exception {
        String busy = node.direct("ann", "bob");
        node.direct("ann", "carl");
        post(busy, "bob", "one");
        Device device = new Device();
        device.connect();
        await().atMost(PATIENCE).until(device::isSynced);
        assertThat(device.texts(busy)).containsExactly("one");
        device.drop();

        post(busy, "bob", "two");
        post(busy, "bob", "three @ann");
        device.connect();
        await().atMost(PATIENCE).until(device::isSynced);

        assertThat(device.texts(busy)).containsExactly("one", "two", "three @ann");
        // The list may hear of it while the device is there again: then it is told of it twice.
        assertThat(device.updates)
                .isNotEmpty()
                .allMatch(update -> update.conversationId().equals(busy));
        ServerFrame.ConversationUpdated updated = device.updates.getLast();
        assertThat(updated.unread()).isEqualTo(3);
        assertThat(updated.mentioned()).isTrue();
        assertThat(device.batches).isEqualTo(1);
    }

    @Test
    void a_version_of_another_list_is_not_resumed() throws Exception {
        node.direct("ann", "bob");
        Device device = new Device();
        device.since = 99;
        device.connect();
        await().atMost(PATIENCE).until(device::isSynced);

        assertThat(device.resumed).isFalse();
        assertThat(device.since).isEqualTo(1);
    }

    @Test
    void muting_on_one_device_is_told_to_the_others() throws Exception {
        String conversation = node.direct("ann", "bob");
        Device device = new Device();
        device.connect();
        await().atMost(PATIENCE).until(device::isSynced);

        node.submit(new ChatCommand.SetMuted(conversation, "ann", true));

        await().atMost(PATIENCE).until(() -> {
            device.take();
            return !device.updates.isEmpty() && device.updates.getLast().muted();
        });
    }

    /// The device forgets at each drop what came after the last mark: were a mark too early, a record would be
    /// missing
    /// in the end. Deliveries of single partitions and the lists are held up now and then.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void a_device_that_resumes_from_marks_ends_with_exactly_the_log(long seed) throws Exception {
        Random random = new Random(seed);
        List<String> conversations = new ArrayList<>();
        for (int other = 0; other < 12; other++) {
            conversations.add(node.direct("ann", "u" + other));
        }
        Device device = new Device();
        for (int step = 0; step < 600; step++) {
            switch (random.nextInt(30)) {
                case 0, 1 -> device.drop();
                case 2, 3, 4 -> device.connect();
                case 5 -> node.hold(random.nextInt(FedNode.PARTITIONING.partitions()));
                case 6, 7 -> node.release(random.nextInt(FedNode.PARTITIONING.partitions()));
                case 8 -> node.reachLists(random.nextBoolean());
                case 9, 10, 11 -> device.take();
                case 12 -> {
                    // Lets the node's own threads catch up, which else mostly see the end of it all.
                    Instant until = Instant.now().plusMillis(random.nextInt(400));
                    await().atMost(PATIENCE).until(() -> Instant.now().isAfter(until));
                }
                default -> {
                    int other = random.nextInt(conversations.size());
                    post(conversations.get(other), random.nextInt(4) == 0 ? "ann" : "u" + other, "text " + step);
                }
            }
        }
        for (int partition = 0; partition < FedNode.PARTITIONING.partitions(); partition++) {
            node.release(partition);
        }
        node.reachLists(true);
        device.connect();
        Map<String, List<String>> truth = new TreeMap<>();
        for (String conversation : conversations) {
            truth.put(conversation, log(conversation));
        }

        await().atMost(PATIENCE).untilAsserted(() -> {
            device.take();
            assertThat(device.logs()).as("seed %d", seed).isEqualTo(truth);
        });
        long newest = ((QueryAnswer.InboxListing) node.ask(new ChatQuery.InboxPage("ann", Optional.empty(), 1)))
                .inboxVersion();
        await().atMost(PATIENCE).untilAsserted(() -> {
            device.take();
            assertThat(device.since).as("seed %d", seed).isGreaterThanOrEqualTo(newest);
        });
        device.drop();
        assertThat(device.logs()).as("seed %d", seed).isEqualTo(truth);
    }

    private void post(String conversation, String sender, String text) throws Exception {
        node.submit(new ChatCommand.PostMessage(conversation, sender, "elsewhere", text, text));
    }

    private List<String> log(String conversation) throws Exception {
        List<String> texts = new ArrayList<>();
        long after = 0;
        QueryAnswer.Page page;
        do {
            page = (QueryAnswer.Page) node.ask(new ChatQuery.PageAfter(conversation, "ann", after, 100));
            page.records().forEach(record -> texts.add(((RecordBody.Text) record.body()).text()));
            after = page.throughSeq();
        } while (page.more());
        return texts;
    }

    /// A device of ann, which keeps what it has together with the version that it may resume from.
    private final class Device {
        private FedNode.@Nullable Connected connected;
        private Map<String, SortedMap<Long, String>> have = new HashMap<>();
        private Map<String, SortedMap<Long, String>> kept = new HashMap<>();
        private long since;
        private boolean synced;
        private boolean resumed;
        private int batches;
        private final List<ServerFrame.ConversationUpdated> updates = new ArrayList<>();

        void connect() throws Exception {
            drop();
            FedNode.Connected fresh = node.connect("ann", "phone");
            connected = fresh;
            synced = false;
            batches = 0;
            updates.clear();
            fresh.requests().handle(FrameJson.encode(new SyncStart(Map.of(), Optional.of(since), Optional.empty())));
        }

        void drop() {
            FedNode.Connected present = connected;
            if (present != null) {
                node.registry.unregister(present.session());
                present.session().end();
                connected = null;
            }
            have = copy(kept);
        }

        boolean isSynced() {
            take();
            return synced;
        }

        /// Processes what came until now.
        void take() {
            FedNode.Connected present = connected;
            if (present == null) {
                return;
            }
            present.session().sweep(Instant.EPOCH, node.registry.positions());
            for (ServerFrame frame : present.socket().taken()) {
                switch (frame) {
                    case ServerFrame.MessageNew(Message message) -> live(message);
                    case ServerFrame.SyncBatch(var _, List<Message> page) -> {
                        batches++;
                        page.forEach(this::keep);
                    }
                    case ServerFrame.SyncDone done -> {
                        synced = true;
                        resumed = done.resumed();
                        assertThat(have)
                                .allSatisfy((conversation, log) -> assertThat(log)
                                        .as("no hole in %s", conversation)
                                        .hasSize((int) (long) log.lastKey()));
                        mark(done.inboxVersion());
                    }
                    case ServerFrame.SyncMark(long inboxVersion) -> mark(inboxVersion);
                    case ServerFrame.ConversationUpdated updated -> updates.add(updated);
                    default -> throw new AssertionError("unexpected: " + frame);
                }
            }
        }

        private void mark(long inboxVersion) {
            since = inboxVersion;
            kept = copy(have);
        }

        private void live(Message message) {
            SortedMap<Long, String> log = have.computeIfAbsent(message.conversationId(), _ -> new TreeMap<>());
            if (synced) {
                assertThat(message.conversationSeq()).isEqualTo(log.isEmpty() ? 1 : log.lastKey() + 1);
            }
            keep(message);
        }

        private void keep(Message message) {
            have.computeIfAbsent(message.conversationId(), _ -> new TreeMap<>())
                    .put(message.conversationSeq(), ((MessageBody.Text) message.body()).text());
        }

        List<String> texts(String conversation) {
            return List.copyOf(have.getOrDefault(conversation, new TreeMap<>()).values());
        }

        Map<String, List<String>> logs() {
            Map<String, List<String>> logs = new TreeMap<>();
            have.forEach((conversation, log) -> logs.put(conversation, List.copyOf(log.values())));
            return logs;
        }

        private static Map<String, SortedMap<Long, String>> copy(Map<String, SortedMap<Long, String>> logs) {
            Map<String, SortedMap<Long, String>> copy = new HashMap<>();
            logs.forEach((conversation, log) -> copy.put(conversation, new TreeMap<>(log)));
            return copy;
        }
    }
}
