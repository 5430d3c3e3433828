package dev.parley.jepsen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.client.ClientOptions;
import dev.parley.client.InMemoryDeviceStore;
import dev.parley.client.LiveSession;
import dev.parley.client.ParleyClient;
import dev.parley.client.SendOutcome;
import dev.parley.jepsen.cluster.LocalCluster;
import dev.parley.protocol.Message;
import dev.parley.protocol.Rest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What all of the delivery is for: a user with three devices, one of them offline, one on a slow link and one
/// on a node
/// that dies, ends up with the same on all three, and with one push.
class ThreeDevicesTest {
    private static final Duration PATIENCE = Patience.ANSWER_MAX;
    private static final int SLOW_BYTES_PER_SECOND = 8_000;
    private static final int MESSAGES = 120;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void an_offline_a_slow_and_a_cut_off_device_end_up_with_the_same_and_one_push() throws Exception {
        try (PushService service = PushService.start(folder);
                LocalCluster cluster = LocalCluster.start(folder, 3, WebPush.settings(folder, service))) {
            int dying = cluster.mostLeading();
            List<URI> urls = cluster.urls();
            URI second = urls.get((dying + 1) % 3);
            URI third = urls.get((dying + 2) % 3);
            String bob = cluster.token("bob");
            try (SlowLink slow = SlowLink.to(second, SLOW_BYTES_PER_SECOND);
                    Device phone = new Device("phone", bob, urls);
                    Device desktop = new Device("desktop", bob, List.of(urls.get(dying), third, second));
                    Device tablet = new Device("tablet", bob, List.of(slow.url()));
                    Device ann = new Device("ann's", cluster.token("ann"), List.of(third, second));
                    Device carl = new Device("carl's", cluster.token("carl"), List.of(second, third))) {
                phone.client.userId();
                phone.client.pushTo(WebPush.subscription(service.endpoint("phone")));
                carl.client.userId();
                String direct = ann.client.direct("bob");
                String group = carl.client.group("all", List.of("ann", "bob"));
                List.of(desktop, tablet, ann, carl).forEach(Device::connect);

                List<CompletableFuture<SendOutcome>> sends = new ArrayList<>();
                for (int i = 0; i < MESSAGES; i++) {
                    sends.add(ann.session().send(i % 2 == 0 ? direct : group, "from ann " + i));
                    sends.add(carl.session().send(group, "from carl " + i));
                    if (i == MESSAGES / 2) {
                        sends.getFirst().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                        cluster.kill(dying);
                    }
                }
                for (CompletableFuture<SendOutcome> send : sends) {
                    assertThat(send.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                            .isInstanceOf(SendOutcome.Acknowledged.class);
                }
                Map<String, List<String>> truth = history(ann.client, List.of(direct, group));
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(desktop.shown()).isEqualTo(truth));
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(tablet.shown()).isEqualTo(truth));
                assertThat(service.received)
                        .as("pushes while another device was live")
                        .isEmpty();
                cluster.restart(dying);
                cluster.awaitReady(dying);

                phone.connect();
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(phone.shown()).isEqualTo(truth));
                assertSameUnread(List.of(phone, desktop, tablet), Map.of(direct, 60L, group, 180L));
                tablet.client.markRead(
                        group, truth.getOrDefault(group, List.of()).size());
                assertSameUnread(List.of(phone, desktop, tablet), Map.of(direct, 60L, group, 0L));

                List.of(phone, desktop, tablet).forEach(Device::disconnect);
                for (String text : List.of("are", "you", "there?")) {
                    ann.session().send(direct, text).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                }
                await().atMost(PATIENCE).until(() -> !service.answered.isEmpty());
                assertThat(service.received).containsExactly("/phone");
            }
        }
    }

    private static Map<String, List<String>> history(ParleyClient reader, List<String> conversationIds) {
        Map<String, List<String>> history = new TreeMap<>();
        for (String id : conversationIds) {
            List<String> records = new ArrayList<>();
            reader.readAll(id, record -> records.add(line(record)));
            history.put(id, records);
        }
        return history;
    }

    private static String line(Message record) {
        return record.conversationSeq() + " " + record.senderId() + " " + record.body();
    }

    /// The list follows the conversations some time later.
    private static void assertSameUnread(List<Device> devices, Map<String, Long> expected) {
        for (Device device : devices) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                Map<String, Long> unread = new TreeMap<>();
                for (Rest.ConversationSummary summary : device.client.conversations()) {
                    unread.put(summary.conversationId(), summary.unread());
                }
                assertThat(unread).as("unread on the %s", device.name).isEqualTo(expected);
            });
        }
    }

    /// One device, and what it showed.
    private static final class Device implements AutoCloseable {
        private final String name;
        private final ParleyClient client;
        private final Map<String, List<String>> shown = new ConcurrentHashMap<>();
        private final List<LiveSession> sessions = new CopyOnWriteArrayList<>();

        Device(String name, String token, List<URI> urls) {
            this.name = name;
            this.client =
                    new ParleyClient(ClientOptions.of(urls, () -> token, name).with(Patience.TIMING));
        }

        void connect() {
            sessions.add(client.connect(
                    new InMemoryDeviceStore(),
                    record -> shown.computeIfAbsent(record.conversationId(), _ -> new CopyOnWriteArrayList<>())
                            .add(line(record))));
        }

        void disconnect() {
            sessions.forEach(LiveSession::close);
        }

        LiveSession session() {
            return sessions.getFirst();
        }

        Map<String, List<String>> shown() {
            return new TreeMap<>(shown);
        }

        @Override
        public void close() {
            disconnect();
            client.close();
        }
    }
}
