package dev.parley.jepsen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.client.ClientOptions;
import dev.parley.client.InMemoryDeviceStore;
import dev.parley.client.LiveSession;
import dev.parley.client.ParleyClient;
import dev.parley.client.SendOutcome;
import dev.parley.jepsen.cluster.LocalCluster;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A dead letter from its origin on a real node to what an operator does with it.
class DeadLetterTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BAD_REQUEST = 400;
    private static final int CREATED = 201;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_push_that_its_service_never_takes_is_listed_and_goes_again_when_retried_and_is_gone_when_dropped()
            throws Exception {
        try (PushService service = PushService.start(folder);
                LocalCluster cluster = LocalCluster.start(folder, 1, WebPush.settings(folder, service));
                ParleyClient ann = client(cluster, "ann");
                ParleyClient bob = client(cluster, "bob")) {
            bob.userId();
            bob.pushTo(WebPush.subscription(service.endpoint("bob")));
            service.answerWith(BAD_REQUEST);
            post(ann, "poison");
            await().atMost(PATIENCE).until(() -> letters(cluster).size() == 1);
            Letter letter = letters(cluster).getFirst();
            assertThat(letter.json().path("kind").asText()).isEqualTo("push");
            assertThat(letter.json().path("userId").asText()).isEqualTo("bob");
            assertThat(letter.json().path("reason").asText()).contains("400");
            assertThat(outboxLine(cluster, letter.partition())
                            .path("deadLetters")
                            .asInt())
                    .isEqualTo(1);
            assertThat(service.received).containsExactly("/bob");

            service.answerWith(CREATED);
            HttpResponse<String> retried = cluster.admin(0, "POST", letter.path() + "/retry");

            assertThat(retried.statusCode()).as(retried.body()).isBetween(200, 299);
            await().atMost(PATIENCE).until(() -> service.received.size() == 2);
            await().atMost(PATIENCE).until(() -> letters(cluster).isEmpty());

            service.answerWith(BAD_REQUEST);
            post(ann, "poison again");
            await().atMost(PATIENCE).until(() -> letters(cluster).size() == 1);
            HttpResponse<String> dropped =
                    cluster.admin(0, "DELETE", letters(cluster).getFirst().path());

            assertThat(dropped.statusCode()).as(dropped.body()).isBetween(200, 299);
            assertThat(letters(cluster)).isEmpty();
            assertThat(service.received).hasSize(3);
        }
    }

    private record Letter(int partition, JsonNode json) {
        String path() {
            return lettersOf(partition) + "/" + json.path("number").asLong();
        }
    }

    private static List<Letter> letters(LocalCluster cluster) throws IOException, InterruptedException {
        List<Letter> letters = new ArrayList<>();
        for (int partition = 0; partition < LocalCluster.PARTITIONS; partition++) {
            for (JsonNode letter : JSON.readTree(
                            cluster.admin(0, "GET", lettersOf(partition)).body())
                    .path("letters")) {
                letters.add(new Letter(partition, letter));
            }
        }
        return letters;
    }

    private static JsonNode outboxLine(LocalCluster cluster, int partition) throws IOException, InterruptedException {
        for (JsonNode line : JSON.readTree(
                        cluster.admin(0, "GET", "/admin/v1/outbox").body())
                .path("partitions")) {
            if (line.path("partition").asInt() == partition) {
                return line;
            }
        }
        throw new AssertionError("no line of partition " + partition);
    }

    private static String lettersOf(int partition) {
        return "/admin/v1/outbox/" + partition + "/dead-letters";
    }

    private static void post(ParleyClient ann, String text) throws Exception {
        try (LiveSession session = ann.connect(new InMemoryDeviceStore(), _ -> {})) {
            assertThat(session.awaitOnline(PATIENCE)).isTrue();
            assertThat(session.send(ann.direct("bob"), text).get(60, TimeUnit.SECONDS))
                    .isInstanceOf(SendOutcome.Acknowledged.class);
        }
    }

    private static ParleyClient client(LocalCluster cluster, String userId) throws InterruptedException {
        String token = cluster.token(userId);
        return new ParleyClient(ClientOptions.of(List.of(cluster.urls().getFirst()), () -> token, "phone")
                .with(Patience.TIMING));
    }
}
