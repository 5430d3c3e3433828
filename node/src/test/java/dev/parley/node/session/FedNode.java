package dev.parley.node.session;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.auth.DeviceDirectory;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.LiveSessions;
import dev.parley.node.delivery.MemoryPartitions;
import dev.parley.node.delivery.PartitionFollower;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.gate.GateException;
import dev.parley.node.inbox.InboxFeed;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.placement.Placement;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.protocol.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;

/// A node with all that brings news to sessions and lists, over the real machines of four partitions in memory.
/// Its
/// deliveries and its feed can be held up.
final class FedNode implements AutoCloseable {
    static final Partitioning PARTITIONING = MemoryPartitions.PARTITIONING;
    private static final Instant NEVER = Instant.parse("2100-01-01T00:00:00Z");

    private final MemoryPartitions partitions = new MemoryPartitions();
    private final List<ReentrantLock> locks = new ArrayList<>();
    private final List<PartitionFollower> followers = new ArrayList<>();
    private final ThreadFactory threads = Worker.threads("session", Worker.Kind.VIRTUAL, Fault.logged());
    private final ChatGate gate = new Gate();
    private final SessionServices services;
    private final InboxFeed feed;
    private volatile boolean listsUnreachable;
    final SessionRegistry registry =
            new SessionRegistry(PARTITIONING.partitions(), new DeviceDirectory(gate), SessionListener.none());

    FedNode() {
        var sources = new PartitionFollower.Sources(
                MemoryPartitions.SELF,
                new Placement(PARTITIONING, List.of(MemoryPartitions.SELF), 1),
                partitions.deliveries,
                partitions.deliveries);
        for (int partition = 0; partition < PARTITIONING.partitions(); partition++) {
            locks.add(new ReentrantLock());
            followers.add(new PartitionFollower(partition, partitions.leaders, sources, new Locked()));
        }
        feed = new InboxFeed(
                MemoryPartitions.SELF,
                PARTITIONING,
                partitions.leaders,
                partitions.groups,
                partitions.deliveries,
                gate);
        services = new SessionServices(
                gate,
                PARTITIONING,
                registry.positions(),
                new RateLimits(RateLimits.Settings.off()),
                new SyncPermits(),
                new Typing(gate, registry, _ -> {}),
                (_, _) -> {},
                new ReadReceipts(gate, task -> threads.newThread(task).start()),
                threads);
    }

    boolean isFollowed() {
        return followers.stream().allMatch(PartitionFollower::positioned);
    }

    /// A live session.
    record Connected(Session session, SessionRequests requests, RecordedSocket socket) {}

    Connected connect(String userId, String deviceId) {
        RecordedSocket socket = RecordedSocket.eager();
        SessionIdentity identity = registry.open(userId, deviceId, System.currentTimeMillis());
        SessionSettings settings = SessionSettings.defaults();
        Session session = new Session(
                identity, NEVER, socket, new Session.Shared(settings, PARTITIONING, threads, System::nanoTime));
        registry.register(session);
        session.begin();
        return new Connected(session, new SessionRequests(session, settings, services), socket);
    }

    /// Deliveries of the partition wait until [#release]; called by the test's thread only.
    void hold(int partition) {
        locks.get(partition).lock();
    }

    void release(int partition) {
        while (locks.get(partition).isHeldByCurrentThread()) {
            locks.get(partition).unlock();
        }
    }

    /// Whether the lists of users can be told.
    void reachLists(boolean reachable) {
        listsUnreachable = !reachable;
    }

    String direct(String a, String b) throws Exception {
        return partitions.direct(a, b);
    }

    ChatAnswer submit(ChatCommand command) throws Exception {
        return partitions.now(command);
    }

    QueryAnswer ask(ChatQuery query) throws Exception {
        return partitions.now(query);
    }

    @Override
    public void close() {
        for (int partition = 0; partition < locks.size(); partition++) {
            release(partition);
        }
        feed.close();
        followers.forEach(PartitionFollower::close);
        partitions.close();
    }

    private final class Locked implements LiveSessions {
        @Override
        public void deliver(int partition, Delivery delivery) {
            locks.get(partition).lock();
            try {
                registry.deliver(partition, delivery);
            } finally {
                locks.get(partition).unlock();
            }
        }

        @Override
        public void noted(int partition, long throughNumber) {
            registry.noted(partition, throughNumber);
        }

        @Override
        public void missed(int partition, long position) {
            registry.missed(partition, position);
        }
    }

    private final class Gate implements ChatGate {
        @Override
        public CompletableFuture<ChatAnswer> submit(ChatCommand command) {
            return listsUnreachable && command instanceof ChatCommand.NoteActivity
                    ? CompletableFuture.failedFuture(new GateException(ErrorCode.NO_LEADER, "no leader is known"))
                    : partitions.submit(command);
        }

        @Override
        public CompletableFuture<QueryAnswer> ask(ChatQuery query) {
            return partitions.ask(query);
        }
    }
}
