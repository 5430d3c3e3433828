package dev.parley.jepsen;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.client.ClientOptions;
import dev.parley.client.InMemoryDeviceStore;
import dev.parley.client.LiveSession;
import dev.parley.client.ParleyClient;
import dev.parley.client.SendOutcome;
import dev.parley.jepsen.cluster.LocalCluster;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Paragraphs in 78 languages as a chat of many parties through three real node processes, over REST and
/// WebSocket
/// mixed. One node is killed in the middle and started again. Then every history, read from every node, and
/// what
/// every member was shown live, must equal what was acknowledged.
class UdhrReplayTest {

    private static final int USERS = 12;
    private static final int NODES = 3;
    private static final int KILLED = 1;

    /// One message in so many goes over REST; the others over the user's live session.
    private static final int REST_SHARE = 6;

    private static final int WINDOW = 16;

    /// Of the corpus, one text in so many, so that the gate keeps to its time.
    private static final int SHARE = 3;

    @TempDir
    private Path folder = Path.of("");

    private final Map<String, Talk> talks = new ConcurrentHashMap<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final CountDownLatch half = new CountDownLatch(1);

    @TestFactory
    List<DynamicTest> replay() throws IOException {
        Path corpus = Path.of(System.getProperty("parley.root", ".."), "..", "shared", "corpus", "udhr.jsonl");
        boolean here = Files.exists(corpus);
        boolean whole = Boolean.getBoolean("parley.udhr.whole");
        List<String> texts = texts(here ? every(Files.readAllLines(corpus), whole ? 1 : SHARE) : sample());
        String source = !here
                ? "the committed sample of udhr.jsonl, which is not here as a whole"
                : whole ? "all of udhr.jsonl" : "every third of udhr.jsonl; all with -Dparley.udhr.whole=true";
        return List.of(DynamicTest.dynamicTest(
                "every history equals what was acknowledged (%d texts, %s)".formatted(texts.size(), source),
                () -> replay(texts)));
    }

    private static List<String> every(List<String> lines, int step) {
        return IntStream.iterate(0, at -> at < lines.size(), at -> at + step)
                .mapToObj(lines::get)
                .toList();
    }

    private static List<String> sample() throws IOException {
        try (var in = UdhrReplayTest.class.getResourceAsStream("/udhr-sample.jsonl")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private static List<String> texts(List<String> lines) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<String> texts = new ArrayList<>();
        for (String line : lines) {
            texts.add(json.readTree(line).path("text").asText());
        }
        return texts;
    }

    private void replay(List<String> texts) throws Exception {
        try (LocalCluster cluster = LocalCluster.start(folder, NODES);
                HttpClient http = ParleyClient.newHttp(Duration.ofSeconds(3))) {
            List<Party> parties = parties(cluster, http);
            try {
                replay(cluster, parties, texts);
                for (URI node : cluster.urls()) {
                    assertHistoriesAt(node, parties, http);
                }
                awaitShown(parties);
                parties.forEach(Party::assertShownWhatWasAcknowledged);
            } finally {
                parties.forEach(Party::close);
            }
        }
    }

    private void replay(LocalCluster cluster, List<Party> parties, List<String> texts) throws Exception {
        assign(texts, parties, conversations(parties));

        replayThroughACrash(cluster, parties, texts.size());

        assertThat(failures).isEmpty();
        assertThat(acknowledged).hasValue(texts.size());
    }

    private List<Party> parties(LocalCluster cluster, HttpClient http) throws InterruptedException {
        List<Party> parties = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            String token = cluster.token("u_" + i);
            List<URI> urls = new ArrayList<>(cluster.urls());
            java.util.Collections.rotate(urls, i);
            parties.add(new Party(
                    "u_" + i,
                    token,
                    new ParleyClient(
                            ClientOptions.of(urls, () -> token, "d_" + i).with(Patience.TIMING), http)));
        }
        return parties;
    }

    /// Six direct conversations and four groups of three to twelve.
    private List<String> conversations(List<Party> parties) {
        List<String> conversations = new ArrayList<>();
        for (int i = 0; i < USERS; i += 2) {
            Party one = parties.get(i);
            Party other = parties.get(i + 1);
            other.client.userId(); // the first bootstrap makes the account
            conversations.add(open(one.client.direct(other.userId), List.of(one, other)));
        }
        for (int size : List.of(3, 5, 8, USERS)) {
            List<Party> members = parties.subList(0, size);
            String id = members.getFirst()
                    .client
                    .group(
                            "Group of " + size,
                            members.stream().map(p -> p.userId).toList());
            conversations.add(open(id, members));
        }
        return conversations;
    }

    private String open(String conversationId, List<Party> members) {
        talks.put(conversationId, new Talk(conversationId, List.copyOf(members)));
        return conversationId;
    }

    /// Spreads the texts over the conversations and, within each, over its members.
    private void assign(List<String> texts, List<Party> parties, List<String> conversations) {
        for (int i = 0; i < texts.size(); i++) {
            String conversationId = conversations.get(i % conversations.size());
            List<Party> members = talkOf(conversationId).members();
            members.get(i / conversations.size() % members.size())
                    .todo
                    .add(new Line(conversationId, "line-" + i, texts.get(i), i % REST_SHARE == 0));
        }
        assertThat(parties).allSatisfy(party -> assertThat(party.todo).isNotEmpty());
    }

    private Talk talkOf(String conversationId) {
        Talk talk = talks.get(conversationId);
        if (talk == null) {
            throw new IllegalStateException("an unknown conversation: " + conversationId);
        }
        return talk;
    }

    private void replayThroughACrash(LocalCluster cluster, List<Party> parties, int count) throws Exception {
        parties.forEach(Party::connect);
        try (ExecutorService speaking = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> speakers = new ArrayList<>();
            parties.forEach(party -> speakers.add(speaking.submit(() -> party.speak(count / 2))));
            assertThat(half.await(Patience.ANSWER_MAX.toSeconds(), TimeUnit.SECONDS))
                    .as("half of the texts acknowledged; failures %s; logs %s", failures, cluster.lastWords())
                    .isTrue();
            cluster.kill(KILLED);
            cluster.restart(KILLED);
            for (Future<?> speaker : speakers) {
                speaker.get(5, TimeUnit.MINUTES);
            }
        }
        cluster.awaitReady(KILLED);
    }

    private void assertHistoriesAt(URI node, List<Party> parties, HttpClient http) {
        for (Party party : parties) {
            try (ParleyClient reader = new ParleyClient(
                    ClientOptions.of(List.of(node), () -> party.token, "reader").with(Patience.TIMING), http)) {
                for (Talk talk : talks.values()) {
                    // One member of each conversation reads it at each node; the members differ from node to node.
                    if (talk.members()
                                    .get(Math.floorMod(
                                            node.getPort(), talk.members().size()))
                            == party) {
                        List<Message> history = new ArrayList<>();
                        reader.readAll(talk.id(), history::add);
                        talk.assertIs("history at " + node, history);
                    }
                }
            }
        }
    }

    private static void awaitShown(List<Party> parties) {
        long deadline = System.nanoTime() + Patience.ANSWER_MAX.toNanos();
        while (!parties.stream().allMatch(Party::hasBeenShownAll) && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(50_000_000);
        }
    }

    /// One text that a user has to say.
    private record Line(String conversationId, String id, String text, boolean overRest) {}

    /// One conversation and what was acknowledged in it, by place.
    private record Talk(String id, List<Party> members, NavigableMap<Long, String> acknowledged) {

        Talk(String id, List<Party> members) {
            this(id, members, new ConcurrentSkipListMap<>());
        }

        void assertIs(String what, List<Message> records) {
            NavigableMap<Long, String> texts = new TreeMap<>();
            long expected = 1;
            for (Message record : records) {
                assertThat(record.conversationSeq())
                        .as("%s of %s has no hole", what, id)
                        .isEqualTo(expected++);
                if (record.body() instanceof MessageBody.Text(String text)) {
                    texts.put(record.conversationSeq(), record.senderId() + " " + text);
                }
            }
            TreeMap<Long, String> missing = new TreeMap<>(acknowledged);
            missing.entrySet().removeAll(texts.entrySet());
            TreeMap<Long, String> surplus = new TreeMap<>(texts);
            surplus.entrySet().removeAll(acknowledged.entrySet());
            assertThat(missing)
                    .as("acknowledged, but not in %s of %s (%d texts)", what, id, texts.size())
                    .isEmpty();
            assertThat(surplus)
                    .as("in %s of %s, but not acknowledged so", what, id)
                    .isEmpty();
        }
    }

    /// One user: what there is to say, and what was shown.
    private final class Party {

        private final String userId;
        private final String token;
        private final ParleyClient client;
        private final List<Line> todo = new ArrayList<>();
        private final Map<String, List<Message>> shown = new ConcurrentHashMap<>();
        private final List<LiveSession> session = new ArrayList<>();

        Party(String userId, String token, ParleyClient client) {
            this.userId = userId;
            this.token = token;
            this.client = client;
        }

        void connect() {
            session.add(client.connect(
                    new InMemoryDeviceStore(),
                    record -> shown.computeIfAbsent(record.conversationId(), _ -> new CopyOnWriteArrayList<>())
                            .add(record)));
        }

        /// Says everything, some messages at a time.
        void speak(int halfCount) {
            Deque<CompletableFuture<SendOutcome>> onTheirWay = new ArrayDeque<>();
            for (Line line : todo) {
                if (line.overRest()) {
                    Rest.PostMessageResponse answer = client.post(line.conversationId(), line.id(), line.text());
                    note(line, answer.conversationSeq(), halfCount);
                } else {
                    onTheirWay.add(session.getFirst()
                            .send(line.conversationId(), line.id(), line.text())
                            .whenComplete((outcome, _) -> noteOutcome(line, outcome, halfCount)));
                }
                if (onTheirWay.size() >= WINDOW) {
                    onTheirWay.removeFirst().join();
                }
            }
            onTheirWay.forEach(CompletableFuture::join);
        }

        private void noteOutcome(Line line, SendOutcome outcome, int halfCount) {
            if (outcome instanceof SendOutcome.Acknowledged(var ack)) {
                note(line, ack.conversationSeq(), halfCount);
            } else {
                failures.add(line.id() + ": " + outcome);
            }
        }

        private void note(Line line, long seq, int halfCount) {
            String before = talkOf(line.conversationId()).acknowledged().put(seq, userId + " " + line.text());
            if (before != null) {
                failures.add(line.id() + ": place " + seq + " was acknowledged twice");
            }
            if (acknowledged.incrementAndGet() == halfCount) {
                half.countDown();
            }
        }

        private Map<String, Integer> expectedCounts() {
            Map<String, Integer> counts = new HashMap<>();
            talks.values().stream()
                    .filter(talk -> talk.members().contains(this))
                    .forEach(talk -> counts.put(talk.id(), talk.acknowledged().size()));
            return counts;
        }

        boolean hasBeenShownAll() {
            return expectedCounts().entrySet().stream()
                    .allMatch(entry -> shown.getOrDefault(entry.getKey(), List.of()).stream()
                                    .filter(record -> record.body() instanceof MessageBody.Text)
                                    .count()
                            >= entry.getValue());
        }

        void assertShownWhatWasAcknowledged() {
            talks.values().stream()
                    .filter(talk -> talk.members().contains(this))
                    .forEach(talk -> talk.assertIs(
                            "what " + userId + " was shown (now "
                                    + session.getFirst().state() + ")",
                            shown.getOrDefault(talk.id(), List.of())));
        }

        void close() {
            session.forEach(LiveSession::close);
            client.close();
        }
    }
}
