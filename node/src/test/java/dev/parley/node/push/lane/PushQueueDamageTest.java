package dev.parley.node.push.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.PushTarget;
import dev.parley.node.delivery.MemoryPartitions;
import dev.parley.node.inbox.InboxFeed;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushDesk;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.PushNotice;
import dev.parley.node.push.PushObserver;
import dev.parley.node.push.PushProvider;
import dev.parley.node.push.PushQueueTrouble;
import dev.parley.node.push.PushResult;
import dev.parley.raftstorage.chronicle.ChronicleQueues;
import dev.parley.raftstorage.queue.DiskRoom;
import dev.parley.raftstorage.queue.LocalQueue;
import dev.parley.raftstorage.queue.LocalQueues;
import dev.parley.raftstorage.queue.QueueEntry;
import dev.parley.raftstorage.queue.QueueFullException;
import dev.parley.raftstorage.queue.QueueLimits;
import dev.parley.raftstorage.queue.SetAsideListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The local queue of pushes breaks in every way: all pushes that are due are sent, over the real machines in
/// memory
/// and the real queue on disk.
class PushQueueDamageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int USERS = 10;

    @TempDir
    private Path folder = Path.of("");

    private final MemoryPartitions partitions = new MemoryPartitions();
    private final Provider provider = new Provider();
    private final List<PushQueueTrouble> rebuilt = new CopyOnWriteArrayList<>();
    private final List<String> conversations = new CopyOnWriteArrayList<>();
    private final InboxFeed lists = new InboxFeed(
            MemoryPartitions.SELF,
            MemoryPartitions.PARTITIONING,
            partitions.leaders,
            partitions.groups,
            partitions.deliveries,
            partitions);

    @BeforeEach
    void ten_users_with_a_device_that_ann_talks_to() throws Exception {
        for (String user : users()) {
            partitions.now(new ChatCommand.RegisterDevice(user, "phone", "android"));
            partitions.now(new ChatCommand.SetPushTarget(
                    user, "phone", new PushTarget("fcm", "token-" + user, Optional.empty())));
            conversations.add(partitions.direct("ann", user));
        }
    }

    @AfterEach
    void close() {
        lists.close();
        partitions.close();
    }

    @Test
    void damaged_between_two_lives_it_is_made_again_from_the_outbox() throws Exception {
        leaveUnsent();
        for (Path file : files()) {
            overwrite(file, new byte[(int) Math.min(1 << 16, Files.size(file))], 0);
        }

        assertAllSentByTheNextLife("life");
        assertThat(rebuilt).containsExactly(PushQueueTrouble.START);
    }

    @Test
    void of_another_life_it_is_made_again_from_the_outbox() throws Exception {
        leaveUnsent();

        assertAllSentByTheNextLife("another-life");
        assertThat(rebuilt).containsExactly(PushQueueTrouble.START);
    }

    @Test
    void missing_after_a_restart_it_is_made_again_from_the_outbox() throws Exception {
        leaveUnsent();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder())
                    .filter(each -> !each.equals(folder))
                    .toList()) {
                Files.delete(path);
            }
        }

        assertAllSentByTheNextLife("life");
        assertThat(rebuilt).isEmpty();
    }

    /// What the lane has not read yet is overwritten under it.
    @Test
    void damaged_while_it_is_read_it_is_made_again_from_the_outbox() throws Exception {
        provider.silent = true;
        try (Pushing pushing = new Pushing(this::readOneByOne, "life", 2)) {
            post(0, 2);
            await().atMost(PATIENCE).until(() -> pushing.lane.underWay() == 2);
            post(2, 4);
            await().atMost(PATIENCE).until(() -> find(" u3 ").isPresent());
            post(4, USERS);
            await().atMost(PATIENCE).until(() -> find(" u9 ").isPresent());
            Place place = find(" u9 ").orElseThrow();
            overwrite(place.file(), "!!!!".getBytes(StandardCharsets.UTF_8), place.offset());

            provider.answer();

            pushing.awaitAllDone();
            assertAllSent();
            assertThat(rebuilt).containsExactly(PushQueueTrouble.READ);
        }
    }

    @Test
    void that_cannot_be_appended_to_or_opened_for_a_while_costs_no_push() throws Exception {
        Faulty faulty = new Faulty();
        try (Pushing pushing = new Pushing(listener -> faulty.over(onDisk(listener)), "life", 100)) {
            faulty.opening = true;
            pushing.awaitAllDone();
            faulty.appending = true;
            post(0, USERS);
            await().atMost(PATIENCE).until(() -> faulty.failures.get() >= 2);
            assertThat(provider.sent).isEmpty();

            faulty.appending = false;
            faulty.opening = false;

            pushing.awaitAllDone();
            assertAllSent();
            assertThat(rebuilt).containsOnly(PushQueueTrouble.APPEND);
        }
    }

    /// A user's session proved dead, and the outbox is past the message: only the queue knows of the push.
    @Test
    void broken_before_a_lapsed_user_was_looked_at_it_costs_no_push() throws Exception {
        provider.silent = true;
        try (Pushing pushing = new Pushing(this::readOneByOne, "life", 1)) {
            provider.live.add("u9");
            post(9, 10);
            pushing.awaitAllDone();
            provider.live.clear();
            Place done = find(" u9 ").orElseThrow();
            post(0, 1);
            await().atMost(PATIENCE).until(() -> pushing.lane.underWay() == 1);
            post(1, 3);
            await().atMost(PATIENCE).until(() -> find(" u2 ").isPresent());
            pushing.feed.lapsed(List.of("u9"));
            await().atMost(PATIENCE).until(() -> !find(" u9 ").orElseThrow().equals(done));
            Place place = find(" u9 ").orElseThrow();
            overwrite(place.file(), "!!!!".getBytes(StandardCharsets.UTF_8), place.offset());

            provider.answer();

            await().atMost(PATIENCE).until(() -> provider.sent.containsKey("u9"));
            assertThat(rebuilt).containsExactly(PushQueueTrouble.READ);
        }
    }

    /// Not the queue but a row of the outbox: what comes behind it is pushed all the same.
    @Test
    void a_change_of_a_list_that_cannot_be_read_keeps_back_no_later_push() throws Exception {
        try (Pushing pushing = new Pushing(this::onDisk, "life", 100)) {
            pushing.awaitAllDone();
        }
        int partition = MemoryPartitions.PARTITIONING.partitionOf("u0");
        long before = partitions.deliveries.newest(partition);
        post(0, 1);
        await().atMost(PATIENCE)
                .until(() -> partitions.deliveries.newest(partition) > before
                        && lists.standings().values().stream().allMatch(standing -> standing.pending() == 0));
        partitions.damage(partition, partitions.deliveries.newest(partition));
        post(1, USERS);

        assertAllSentByTheNextLife("life");
        assertThat(partitions.deliveries.unreadable()).isNotEmpty();
    }

    /// The provider never takes it, and the conversation is never silent: the outbox must not grow without end.
    @Test
    void a_push_that_never_ends_keeps_back_only_what_came_after_its_last_look() throws Exception {
        provider.silent = true;
        PushLane.Limits once = new PushLane.Limits(100, Duration.ofMillis(100), 1, Duration.ZERO);
        try (Pushing pushing = new Pushing(this::onDisk, "life", once)) {
            post(0, 1);
            await().atMost(PATIENCE).until(() -> provider.waiting.size() == 1);
            int before = pushing.lane.underWay();
            partitions.now(new ChatCommand.PostMessage(conversations.getFirst(), "ann", "d", "more", "more"));
            await().atMost(PATIENCE).until(() -> pushing.lane.underWay() > before);
            provider.waiting.getFirst().complete(new PushResult.Retry(Optional.empty(), "never"));

            await().atMost(PATIENCE).until(() -> provider.waiting.size() == 2);
            assertThat(pushing.lane.completedThrough()).isPositive();
            assertThat(pushing.lane.underWay()).isPositive();
        }
    }

    private static List<String> users() {
        return IntStream.range(0, USERS).mapToObj(i -> "u" + i).toList();
    }

    /// A life that ends with pushes in its queue.
    private void leaveUnsent() throws Exception {
        provider.silent = true;
        try (Pushing _ = new Pushing(this::onDisk, "life", 100)) {
            post(0, USERS);
            await().atMost(PATIENCE).until(() -> provider.sent.size() == USERS);
        }
        provider.sent.clear();
        provider.silent = false;
    }

    private void assertAllSentByTheNextLife(String life) {
        try (Pushing pushing = new Pushing(this::onDisk, life, 100)) {
            pushing.awaitAllDone();
            assertAllSent();
        }
    }

    private void assertAllSent() {
        assertThat(provider.sent)
                .containsOnlyKeys(users())
                .allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
    }

    private void post(int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            partitions.now(new ChatCommand.PostMessage(conversations.get(i), "ann", "d", "m" + i, "hello"));
        }
    }

    private LocalQueues onDisk(SetAsideListener listener) {
        return new ChronicleQueues(folder, QueueLimits.DEFAULT, new Roomy(), Clock.systemUTC(), listener);
    }

    /// So that a lane without room has at most one entry in hand, and has not read what comes behind it.
    private LocalQueues readOneByOne(SetAsideListener listener) {
        return new Faulty().over(onDisk(listener));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(path -> path.toString().endsWith(".cq4")).toList();
        }
    }

    private record Place(Path file, int offset) {}

    /// Where the last payload with this text stands in a file of the queue.
    private Optional<Place> find(String text) throws IOException {
        for (Path file : files()) {
            byte[] bytes = new byte[1 << 20];
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                int read = channel.read(ByteBuffer.wrap(bytes));
                int at = new String(bytes, 0, Math.max(0, read), StandardCharsets.ISO_8859_1).lastIndexOf(text);
                if (at >= 0) {
                    return Optional.of(new Place(file, at));
                }
            }
        }
        return Optional.empty();
    }

    private static void overwrite(Path file, byte[] bytes, int offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        }
    }

    /// All of a node that pushes.
    private final class Pushing implements AutoCloseable {
        private final PushQueue queue;
        private final PushLane lane;
        private final PushFeed feed;

        Pushing(Function<SetAsideListener, LocalQueues> queues, String life, int tasksMax) {
            this(queues, life, new PushLane.Limits(tasksMax, Duration.ofMillis(100), 8, Duration.ofHours(1)));
        }

        Pushing(Function<SetAsideListener, LocalQueues> queues, String life, PushLane.Limits limits) {
            PushParts parts = new PushParts(
                    MemoryPartitions.SELF,
                    MemoryPartitions.PARTITIONING,
                    partitions.leaders,
                    partitions.groups,
                    partitions.deliveries,
                    partitions,
                    user -> Optional.of(provider.live.contains(user)),
                    Clock.systemUTC());
            queue = new PushQueue(queues, life, rebuilt::add);
            PushDesk desk = new PushDesk(
                    List.of(new PushDesk.Bounded(provider, 100)), Duration.ofSeconds(60), true, PushObserver.NONE);
            lane = new PushLane(ProviderKind.FCM, parts, desk, limits);
            feed = new PushFeed(parts, queue, List.of(lane));
        }

        void awaitAllDone() {
            int count = MemoryPartitions.PARTITIONING.partitions();
            await().atMost(PATIENCE)
                    .until(() -> lists.standings().size() == count
                            && lists.standings().values().stream().allMatch(standing -> standing.pending() == 0));
            await().atMost(PATIENCE)
                    .until(() -> feed.pending().size() == count
                            && feed.pending().values().stream().allMatch(pending -> pending == 0));
        }

        @Override
        public void close() {
            feed.close();
            lane.close();
            queue.close();
        }
    }

    /// Takes each push, or says nothing until it is told to.
    private static final class Provider implements PushProvider {
        private final Map<String, Integer> sent = new ConcurrentHashMap<>();
        private final Set<String> live = ConcurrentHashMap.newKeySet();
        private final List<CompletableFuture<PushResult>> waiting = new CopyOnWriteArrayList<>();
        private volatile boolean silent;

        @Override
        public ProviderKind kind() {
            return ProviderKind.FCM;
        }

        @Override
        public CompletableFuture<PushResult> send(PushEndpoint endpoint, PushNotice notice) {
            sent.merge(notice.userId(), 1, Integer::sum);
            CompletableFuture<PushResult> answer = new CompletableFuture<>();
            if (silent) {
                waiting.add(answer);
            } else {
                answer.complete(new PushResult.Accepted("taken"));
            }
            return answer;
        }

        void answer() {
            silent = false;
            waiting.forEach(answer -> answer.complete(new PushResult.Accepted("taken")));
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /// Fails when it is told to, and reads one entry at a time.
    private static final class Faulty {
        private volatile boolean opening;
        private volatile boolean appending;
        private final AtomicInteger failures = new AtomicInteger();

        LocalQueues over(LocalQueues queues) {
            return (name, life) -> {
                if (opening && appending) {
                    failures.incrementAndGet();
                    throw new UncheckedIOException(new IOException("no such device"));
                }
                return over(queues.open(name, life));
            };
        }

        private static LocalQueue.Reader oneByOne(LocalQueue.Reader reader) {
            return new LocalQueue.Reader() {
                @Override
                public List<QueueEntry> next(int limit, Duration wait) throws InterruptedException {
                    return reader.next(1, wait);
                }

                @Override
                public void close() {
                    reader.close();
                }
            };
        }

        private LocalQueue over(LocalQueue queue) {
            return new LocalQueue() {
                @Override
                public long lastNumber() {
                    return queue.lastNumber();
                }

                @Override
                public long firstNumber() {
                    return queue.firstNumber();
                }

                @Override
                public void append(List<QueueEntry> entries) throws QueueFullException {
                    if (appending) {
                        failures.incrementAndGet();
                        throw new UncheckedIOException(new IOException("input/output error"));
                    }
                    queue.append(entries);
                }

                @Override
                public void clear() {
                    queue.clear();
                }

                @Override
                public void release(long throughNumber) {
                    queue.release(throughNumber);
                }

                @Override
                public Reader reader(long afterNumber) {
                    return oneByOne(queue.reader(afterNumber));
                }

                @Override
                public void close() {
                    queue.close();
                }
            };
        }
    }

    private static final class Roomy implements DiskRoom {
        @Override
        public long freeBytes() {
            return Long.MAX_VALUE / 2;
        }

        @Override
        public long totalBytes() {
            return Long.MAX_VALUE / 2;
        }
    }
}
