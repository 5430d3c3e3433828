package dev.parley.jepsen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.client.ClientOptions;
import dev.parley.client.InMemoryDeviceStore;
import dev.parley.client.LiveSession;
import dev.parley.client.ParleyClient;
import dev.parley.client.SendOutcome;
import dev.parley.jepsen.cluster.LocalCluster;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pushes of real nodes to a real push service, across the death of the node that sends them.
class PushTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

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

    private static ParleyClient client(URI url, String token) {
        return new ParleyClient(
                ClientOptions.of(List.of(url), () -> token, "phone").with(Patience.TIMING));
    }
}
