package dev.parley.node.push.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.Ids;
import dev.parley.chat.PushTarget;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.delivery.MemoryPartitions;
import dev.parley.node.inbox.InboxFeed;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushDesk;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.PushNotice;
import dev.parley.node.push.PushObserver;
import dev.parley.node.push.PushProvider;
import dev.parley.node.push.PushResult;
import dev.parley.raftstorage.chronicle.ChronicleQueues;
import dev.parley.raftstorage.queue.DiskRoom;
import dev.parley.raftstorage.queue.QueueLimits;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Many pushes that cannot be sent or queued for a while, with the real machines in memory and the real queue
/// on disk.
class PushBacklogTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int MEMBERS = 500;
    private static final int GROUPS = 40;
    private static final int PERMITS = 100;
    private static final int TASKS_MAX = 10_000;
    private static final Duration ASKED = Duration.ofSeconds(2);

    private final PushQueue queue;
    private final MemoryPartitions partitions = new MemoryPartitions();
    private final Room room = new Room();
    private final Set<String> live = ConcurrentHashMap.newKeySet();
    private final Provider provider = new Provider();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(PushQueue.class);
    private final InboxFeed lists = new InboxFeed(
            MemoryPartitions.SELF,
            MemoryPartitions.PARTITIONING,
            partitions.leaders,
            partitions.groups,
            partitions.deliveries,
            partitions);

    PushBacklogTest(@TempDir Path folder) {
        queue = new PushQueue(
                listener -> new ChronicleQueues(folder, QueueLimits.DEFAULT, room, Clock.systemUTC(), listener),
                "life",
                _ -> {});
        open.add(queue);
    }

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        lists.close();
        partitions.close();
        logger.detachAppender(log);
    }

    /// The provider says 503 with `Retry-After` while every member of forty groups of five hundred becomes due.
    @Test
    void twenty_thousand_pushes_are_each_sent_once_when_their_provider_comes_back() throws Exception {
        provider.down = true;
        PushLane lane = startLane();
        PushFeed feed = startFeed(lane);
        List<String> members =
                IntStream.range(0, MEMBERS - 1).mapToObj(i -> "m" + i).toList();
        List<CompletableFuture<ChatAnswer>> answers = new ArrayList<>();
        members.forEach(user -> answers.addAll(device(user)));
        List<String> groups = new ArrayList<>();
        for (int i = 0; i < GROUPS; i++) {
            String group = Ids.group("owner" + i, "g");
            groups.add(group);
            answers.add(partitions.submit(new ChatCommand.CreateGroup(group, "owner" + i, "Group", members)));
            members.forEach(
                    user -> answers.add(partitions.submit(new ChatCommand.NoteMembership(user, group, 0, true))));
        }
        finish(answers);
        for (int i = 0; i < GROUPS; i++) {
            partitions.now(new ChatCommand.PostMessage(groups.get(i), "owner" + i, "d", "m", "hello"));
        }
        int due = members.size() * GROUPS;

        await().atMost(PATIENCE).until(() -> lane.underWay() == TASKS_MAX && provider.refused.get() >= PERMITS);
        assertThat(feed.pending().values().stream().mapToDouble(each -> each).sum())
                .as("the rest waits in the outbox and the queue")
                .isPositive();
        assertThat(provider.taken).isEmpty();
        provider.down = false;

        await().atMost(PATIENCE).until(() -> {
            assertThat(lane.underWay()).isLessThanOrEqualTo(TASKS_MAX);
            return provider.taken.size() == due;
        });
        awaitAllDone(feed);
        assertThat(provider.taken)
                .hasSize(due)
                .allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
        assertThat(provider.mostAtOnce).hasValueLessThanOrEqualTo(PERMITS);
        assertThat(provider.tooEarly).as("tried before Retry-After was over").hasValue(0);
        assertThat(deadLetters()).isZero();
    }

    @Test
    void pushes_wait_in_the_outbox_while_the_disk_is_full_and_are_sent_once_there_is_room() throws Exception {
        PushLane lane = startLane();
        PushFeed feed = startFeed(lane);
        List<String> peers = IntStream.range(0, 50).mapToObj(i -> "m" + i).toList();
        List<String> conversations = new ArrayList<>();
        for (String user : peers) {
            finish(device(user));
            conversations.add(partitions.direct("ann", user));
        }
        awaitAllDone(feed);
        live.add("m0");
        partitions.now(new ChatCommand.PostMessage(conversations.getFirst(), "ann", "d", "live", "hello"));
        awaitAllDone(feed);
        assertThat(provider.taken).isEmpty();

        room.full = true;
        live.clear();
        feed.lapsed(List.of("m0"));
        for (int round = 0; round < 5; round++) {
            for (int i = 1; i < peers.size(); i++) {
                ChatAnswer answer = partitions.now(
                        new ChatCommand.PostMessage(conversations.get(i), "ann", "d", "m" + round, "hello"));
                assertThat(answer).as("a message is acknowledged").isInstanceOf(ChatAnswer.MessagePosted.class);
            }
            int looked = room.looks.get();
            await().atMost(PATIENCE).until(() -> room.looks.get() >= looked + 8);
        }
        assertThat(provider.taken).isEmpty();
        assertThat(lane.underWay()).isZero();
        assertThat(feed.pending().values())
                .anySatisfy(pending -> assertThat(pending).isPositive());
        assertThat(log.list.stream()
                        .map(ILoggingEvent::getFormattedMessage)
                        .filter(line -> line.startsWith("pushes wait in the outbox")))
                .hasSize(1);

        room.full = false;

        await().atMost(PATIENCE).until(() -> provider.taken.size() == peers.size());
        awaitAllDone(feed);
        assertThat(provider.taken)
                .hasSize(peers.size())
                .allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
    }

    private List<CompletableFuture<ChatAnswer>> device(String user) {
        return List.of(
                partitions.submit(new ChatCommand.RegisterDevice(user, "phone", "android")),
                partitions.submit(new ChatCommand.SetPushTarget(
                        user, "phone", new PushTarget("fcm", "token-" + user, Optional.empty()))));
    }

    private static void finish(List<CompletableFuture<ChatAnswer>> answers) throws Exception {
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private int deadLetters() throws Exception {
        int letters = 0;
        for (int partition = 0; partition < MemoryPartitions.PARTITIONING.partitions(); partition++) {
            letters += ((QueryAnswer.DeadLetterPage) partitions.now(new ChatQuery.DeadLetters(partition, 0, 10)))
                    .letters()
                    .size();
        }
        return letters;
    }

    private void awaitAllDone(PushFeed feed) {
        int count = MemoryPartitions.PARTITIONING.partitions();
        await().atMost(PATIENCE)
                .until(() -> lists.standings().size() == count
                        && lists.standings().values().stream().allMatch(standing -> standing.pending() == 0));
        await().atMost(PATIENCE)
                .until(() -> feed.pending().size() == count
                        && feed.pending().values().stream().allMatch(pending -> pending == 0));
    }

    private PushParts parts() {
        return new PushParts(
                MemoryPartitions.SELF,
                MemoryPartitions.PARTITIONING,
                partitions.leaders,
                partitions.groups,
                partitions.deliveries,
                partitions,
                user -> Optional.of(live.contains(user)),
                Clock.systemUTC());
    }

    private PushLane startLane() {
        PushDesk desk = new PushDesk(
                List.of(new PushDesk.Bounded(provider, PERMITS)), Duration.ofSeconds(60), true, PushObserver.NONE);
        PushLane lane = new PushLane(
                ProviderKind.FCM,
                parts(),
                desk,
                new PushLane.Limits(TASKS_MAX, Duration.ofMillis(500), 8, Duration.ofHours(1)));
        open.add(lane);
        return lane;
    }

    private PushFeed startFeed(PushLane lane) {
        PushFeed feed = new PushFeed(parts(), queue, List.of(lane));
        open.add(feed);
        return feed;
    }

    /// Takes each push after a moment, or says that it is down.
    private static final class Provider implements PushProvider {
        private final Map<String, Integer> taken = new ConcurrentHashMap<>();
        private final Map<String, Long> refusedAt = new ConcurrentHashMap<>();
        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicInteger atOnce = new AtomicInteger();
        private final AtomicInteger mostAtOnce = new AtomicInteger();
        private final AtomicInteger tooEarly = new AtomicInteger();
        private volatile boolean down;

        @Override
        public ProviderKind kind() {
            return ProviderKind.FCM;
        }

        @Override
        public CompletableFuture<PushResult> send(PushEndpoint endpoint, PushNotice notice) {
            String key = notice.userId() + " " + notice.conversationId();
            Long before = refusedAt.get(key);
            if (before != null && System.nanoTime() - before < ASKED.toNanos()) {
                tooEarly.incrementAndGet();
            }
            if (down) {
                refused.incrementAndGet();
                refusedAt.put(key, System.nanoTime());
                return CompletableFuture.completedFuture(new PushResult.Retry(Optional.of(ASKED), "503"));
            }
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            taken.merge(key, 1, Integer::sum);
            return new CompletableFuture<PushResult>()
                    .completeOnTimeout(new PushResult.Accepted("taken"), 5, TimeUnit.MILLISECONDS)
                    .thenApply(result -> {
                        atOnce.decrementAndGet();
                        return result;
                    });
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /// A disk that fills up. It counts how often it was looked at.
    private static final class Room implements DiskRoom {
        private final AtomicInteger looks = new AtomicInteger();
        private volatile boolean full;

        @Override
        public long freeBytes() {
            looks.incrementAndGet();
            return full ? 0 : totalBytes();
        }

        @Override
        public long totalBytes() {
            return Long.MAX_VALUE / 2;
        }
    }
}
