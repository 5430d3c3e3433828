package dev.parley.node.session;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.DeliveryRing;
import dev.parley.node.delivery.DeliverySink;
import dev.parley.node.delivery.LiveSessions;
import dev.parley.node.delivery.LocalDeliveries;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.gate.GateException;
import dev.parley.node.inbox.InboxFeed;
import dev.parley.node.log.CommandCodec;
import dev.parley.node.machine.ChatMachine;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.tables.ChatQueries;
import dev.parley.node.tables.DeliveryRowArchive;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.memory.MemoryGroups;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The whole replicated state in memory: the real rules and machines of four partitions on one node. Deliveries
/// reach
/// the sessions on a thread of their own, later than the answers, and can be held up.
public final class MemoryChat implements ChatGate, AutoCloseable {
    public static final Partitioning PARTITIONING = new Partitioning(4);

    private final MemoryGroups<ChatAnswer> groups;
    private final ExecutorService deliveries = Executors.newSingleThreadExecutor();
    private final List<Numbered> held = new ArrayList<>();
    private final Map<Class<?>, Long> logged = new ConcurrentHashMap<>();
    private final List<Stalled> stalled = new ArrayList<>();
    private volatile @Nullable LiveSessions sessions;
    private volatile @Nullable GateException failure;
    private final Map<GroupId, DeliveryRing> rings = new HashMap<>();
    private @Nullable InboxFeed feed;
    private boolean holding;
    private boolean stalling;

    public MemoryChat() {
        List<GroupId> ids = IntStream.range(0, PARTITIONING.partitions())
                .mapToObj(Partitioning::group)
                .toList();
        ids.forEach(id -> rings.put(id, new DeliveryRing()));
        groups = MemoryGroups.single(
                id -> new ChatMachine(new ToSessions(ids.indexOf(id), rings.getOrDefault(id, new DeliveryRing()))),
                ids);
    }

    /// Tells the lists of users what is delivered, a little later, as a node does.
    public void feedLists() {
        NodeId self = new NodeId("n1");
        LeaderBoard leaders = new LeaderBoard(self);
        rings.keySet().forEach(group -> leaders.leadershipChanged(group, 1, Optional.of(self), true));
        LocalDeliveries local = new LocalDeliveries(self, leaders, groups, new DeliveryRowArchive(), rings);
        feed = new InboxFeed(self, PARTITIONING, leaders, groups, local, this);
    }

    /// Whom deliveries go to from now on.
    public void deliverTo(LiveSessions live) {
        sessions = live;
    }

    /// All commands and queries fail so from now on; null: no longer.
    public void failWith(@Nullable GateException next) {
        failure = next;
    }

    /// Deliveries wait until [#releaseDeliveries].
    public synchronized void holdDeliveries() {
        holding = true;
    }

    public synchronized void releaseDeliveries() {
        holding = false;
        held.forEach(this::deliver);
        held.clear();
    }

    /// Commands wait for [#resume].
    public synchronized void stall() {
        stalling = true;
    }

    public void resume() {
        List<Stalled> waiting;
        synchronized (this) {
            stalling = false;
            waiting = List.copyOf(stalled);
            stalled.clear();
        }
        waiting.forEach(Stalled::carryOut);
    }

    /// Commands that wait for [#resume].
    public synchronized int stalledCommands() {
        return stalled.size();
    }

    /// Waits until all deliveries of commands that were answered have been handed over.
    public void awaitDelivered() throws Exception {
        deliveries.submit(() -> {}).get(10, TimeUnit.SECONDS);
    }

    @Override
    public CompletableFuture<ChatAnswer> submit(ChatCommand command) {
        GateException failing = failure;
        if (failing != null) {
            return CompletableFuture.failedFuture(failing);
        }
        synchronized (this) {
            if (stalling) {
                Stalled waiting = new Stalled(command, new CompletableFuture<>());
                stalled.add(waiting);
                return waiting.answer();
            }
        }
        return carryOut(command);
    }

    @Override
    public CompletableFuture<QueryAnswer> ask(ChatQuery query) {
        GateException failing = failure;
        if (failing != null) {
            return CompletableFuture.failedFuture(failing);
        }
        return groups.read(group(query.entityId()), tables -> ChatQueries.answer(tables, query))
                .thenApply(outcome -> ((ReadOutcome.Done<QueryAnswer>) outcome).value());
    }

    @Override
    public void close() {
        InboxFeed running = feed;
        if (running != null) {
            running.close();
        }
        deliveries.shutdownNow();
        groups.close();
    }

    /// How many commands of a type have gone into the log.
    public long logged(Class<? extends ChatCommand> type) {
        return logged.getOrDefault(type, 0L);
    }

    private CompletableFuture<ChatAnswer> carryOut(ChatCommand command) {
        logged.merge(command.getClass(), 1L, Long::sum);
        return groups.submit(group(command.entityId()), List.of(CommandCodec.encode(command)))
                .thenApply(outcome ->
                        ((SubmitOutcome.Applied<ChatAnswer>) outcome).answers().getFirst());
    }

    private synchronized void deliver(Numbered delivery) {
        if (holding) {
            held.add(delivery);
            return;
        }
        deliveries.execute(() -> {
            LiveSessions live = sessions;
            if (live != null) {
                live.deliver(delivery.partition(), delivery.delivery());
                // No feed runs here: the lists know nothing, and so nothing is waited for.
                live.noted(delivery.partition(), delivery.delivery().number());
            }
        });
    }

    private static GroupId group(String entityId) {
        return Partitioning.group(PARTITIONING.partitionOf(entityId));
    }

    private final class Stalled {
        private final ChatCommand command;
        private final CompletableFuture<ChatAnswer> answer;

        Stalled(ChatCommand command, CompletableFuture<ChatAnswer> answer) {
            this.command = command;
            this.answer = answer;
        }

        CompletableFuture<ChatAnswer> answer() {
            return answer;
        }

        void carryOut() {
            answer.complete(MemoryChat.this.carryOut(command).join());
        }
    }

    private record Numbered(int partition, Delivery delivery) {}

    private final class ToSessions implements DeliverySink {
        private final int partition;
        private final DeliveryRing ring;

        ToSessions(int partition, DeliveryRing ring) {
            this.partition = partition;
            this.ring = ring;
        }

        @Override
        public void reset(long nextNumber) {
            ring.reset(nextNumber);
        }

        @Override
        public void append(List<Delivery> news) {
            ring.append(news);
            news.forEach(delivery -> MemoryChat.this.deliver(new Numbered(partition, delivery)));
        }
    }
}
