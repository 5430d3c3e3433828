package dev.parley.node.session;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.DeliverySink;
import dev.parley.node.delivery.LiveSessions;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.gate.GateException;
import dev.parley.node.log.CommandCodec;
import dev.parley.node.machine.ChatMachine;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.tables.ChatQueries;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.memory.MemoryGroups;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The whole replicated state in memory: the real rules and machines of four partitions on one node. Deliveries reach
/// the sessions on a thread of their own, later than the answers, and can be held up.
public final class MemoryChat implements ChatGate, AutoCloseable {
    public static final Partitioning PARTITIONING = new Partitioning(4);

    private final MemoryGroups<ChatAnswer> groups;
    private final ExecutorService deliveries = Executors.newSingleThreadExecutor();
    private final List<Delivery> held = new ArrayList<>();
    private final List<Stalled> stalled = new ArrayList<>();
    private volatile @Nullable LiveSessions sessions;
    private volatile @Nullable GateException failure;
    private boolean holding;
    private boolean stalling;

    public MemoryChat() {
        List<GroupId> ids = IntStream.range(0, PARTITIONING.partitions())
                .mapToObj(Partitioning::group)
                .toList();
        groups = MemoryGroups.single(_ -> new ChatMachine(new ToSessions()), ids);
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
        deliveries.shutdownNow();
        groups.close();
    }

    private CompletableFuture<ChatAnswer> carryOut(ChatCommand command) {
        return groups.submit(group(command.entityId()), List.of(CommandCodec.encode(command)))
                .thenApply(outcome ->
                        ((SubmitOutcome.Applied<ChatAnswer>) outcome).answers().getFirst());
    }

    private synchronized void deliver(Delivery delivery) {
        if (holding) {
            held.add(delivery);
            return;
        }
        deliveries.execute(() -> {
            LiveSessions live = sessions;
            if (live != null) {
                live.deliver(delivery);
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

    private final class ToSessions implements DeliverySink {
        @Override
        public void reset(long nextNumber) {
            // Nothing is kept from before: every test starts with an empty state.
        }

        @Override
        public void append(List<Delivery> news) {
            news.forEach(MemoryChat.this::deliver);
        }
    }
}
