package dev.parley.jepsen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.client.ClientOptions;
import dev.parley.client.InMemoryDeviceStore;
import dev.parley.client.LiveSession;
import dev.parley.client.ParleyClient;
import dev.parley.client.SendOutcome;
import dev.parley.jepsen.cluster.LocalCluster;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pushes of real nodes to a real push service, across the death of the node that sends them.
class PushTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int DAMAGED_BYTES = 1 << 20;

    @TempDir
    private Path folder = Path.of("");

    /// The process dies with the push at the service and no answer: nobody knows whether it got there. It is
    /// sent
    /// again, once.
    @Test
    void a_node_killed_between_commit_and_answer_still_sends_the_push_and_at_most_twice() throws Exception {
        try (PushService service = PushService.start(folder);
                LocalCluster cluster = LocalCluster.start(folder, 1, WebPush.settings(folder, service))) {
            URI url = cluster.urls().getFirst();
            String annsToken = cluster.token("ann");
            String bobsToken = cluster.token("bob");
            try (ParleyClient ann = client(url, annsToken);
                    ParleyClient bob = client(url, bobsToken)) {
                bob.userId();
                bob.pushTo(WebPush.subscription(service.endpoint("bob")));
                service.beSilent(true);
                try (LiveSession session = ann.connect(new InMemoryDeviceStore(), _ -> {})) {
                    assertThat(session.awaitOnline(PATIENCE)).isTrue();
                    SendOutcome outcome =
                            session.send(ann.direct("bob"), "wake up").get(60, TimeUnit.SECONDS);
                    assertThat(outcome).isInstanceOf(SendOutcome.Acknowledged.class);
                    await().atMost(PATIENCE).until(() -> service.received.size() == 1);
                }

                cluster.kill(0);
                service.beSilent(false);
                cluster.restart(0);
                cluster.awaitReady(0);

                await().atMost(PATIENCE).until(() -> service.answered.size() == 1);
                assertThat(service.received).containsExactly("/bob", "/bob");

                // What was noted as pushed is not pushed again, after another death either.
                cluster.kill(0);
                cluster.restart(0);
                cluster.awaitReady(0);
                try (LiveSession session = ann.connect(new InMemoryDeviceStore(), _ -> {})) {
                    assertThat(session.awaitOnline(PATIENCE)).isTrue();
                    session.send(ann.direct("bob"), "and again").get(60, TimeUnit.SECONDS);
                }
                await().atMost(PATIENCE).until(() -> service.answered.size() == 2);
                assertThat(service.received).hasSize(3);
            }
        }
    }

    /// Five users' pushes are at the service, unanswered, when the process dies; its queue is overwritten
    /// before it
    /// starts again.
    @Test
    void a_node_whose_local_queue_is_damaged_sends_all_pushes_that_are_due_and_goes_on() throws Exception {
        try (PushService service = PushService.start(folder);
                LocalCluster cluster = LocalCluster.start(folder, 1, WebPush.settings(folder, service));
                ParleyClient ann = client(cluster.urls().getFirst(), cluster.token("ann"))) {
            List<String> users = List.of("bob", "carl", "dora", "emil", "fay");
            for (String user : users) {
                try (ParleyClient peer = client(cluster.urls().getFirst(), cluster.token(user))) {
                    peer.pushTo(WebPush.subscription(service.endpoint(user)));
                }
            }
            List<String> paths = users.stream().map(user -> "/" + user).toList();
            service.beSilent(true);
            post(ann, users, "wake up");
            await().atMost(PATIENCE).until(() -> service.received.containsAll(paths));

            cluster.kill(0);
            damageQueue(cluster);
            service.beSilent(false);
            cluster.restart(0);
            cluster.awaitReady(0);

            await().atMost(PATIENCE).until(() -> service.answered.containsAll(paths));
            assertThat(Files.readString(cluster.logFile(0))).containsOnlyOnce("push queue begun anew from the outbox");
            service.answered.clear();

            post(ann, users, "and again");

            await().atMost(PATIENCE).until(() -> service.answered.containsAll(paths));
            assertThat(cluster.isAlive(0)).isTrue();
        }
    }

    private static void post(ParleyClient ann, List<String> users, String text) throws Exception {
        try (LiveSession session = ann.connect(new InMemoryDeviceStore(), _ -> {})) {
            assertThat(session.awaitOnline(PATIENCE)).isTrue();
            for (String user : users) {
                assertThat(session.send(ann.direct(user), text).get(60, TimeUnit.SECONDS))
                        .isInstanceOf(SendOutcome.Acknowledged.class);
            }
        }
    }

    /// Overwrites the beginning of each file of the local queue, where Chronicle has its places and the
    /// entries.
    private static void damageQueue(LocalCluster cluster) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(cluster.dataDirectory(0).resolve("push-queue"))) {
            files = tree.filter(path -> path.toString().endsWith(".cq4")).toList();
        }
        assertThat(files).isNotEmpty();
        byte[] garbage = new byte[DAMAGED_BYTES];
        Arrays.fill(garbage, (byte) '!');
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(garbage), 0);
            }
        }
    }

    private static ParleyClient client(URI url, String token) {
        return new ParleyClient(
                ClientOptions.of(List.of(url), () -> token, "phone").with(Patience.TIMING));
    }
}
