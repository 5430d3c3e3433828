package dev.parley.node.delivery;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.Ids;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.log.CommandCodec;
import dev.parley.node.machine.ChatMachine;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.tables.ChatQueries;
import dev.parley.node.tables.DeliveryRowArchive;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.Stamp;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.memory.MemoryGroups;
import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableWriter;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The real machines of four partitions in memory, all led by one node, with their deliveries.
public final class MemoryPartitions implements ChatGate, AutoCloseable {
    public static final Partitioning PARTITIONING = new Partitioning(4);
    public static final NodeId SELF = new NodeId("n1");
    private static final int WAIT_SECONDS = 30;
    private static final byte DELIVERY_TABLE = 2;

    /// What no row looks like.
    private static final byte[] GARBAGE = {-1, -1, -1};

    private final Queue<Consumer<TableWriter>> damages = new ConcurrentLinkedQueue<>();
    private final Map<GroupId, DeliveryRing> rings = new HashMap<>();
    public final MemoryGroups<ChatAnswer> groups = groups();
    public final LeaderBoard leaders = new LeaderBoard(SELF);
    public final LocalDeliveries deliveries;

    public MemoryPartitions() {
        rings.keySet().forEach(group -> leaders.leadershipChanged(group, 1, Optional.of(SELF), true));
        deliveries = new LocalDeliveries(SELF, leaders, groups, new DeliveryRowArchive(), rings);
    }

    @Override
    public CompletableFuture<ChatAnswer> submit(ChatCommand command) {
        return groups.submit(group(command.entityId()), List.of(CommandCodec.encode(command)))
                .thenApply(outcome ->
                        ((SubmitOutcome.Applied<ChatAnswer>) outcome).answers().getFirst());
    }

    @Override
    public CompletableFuture<QueryAnswer> ask(ChatQuery query) {
        return groups.read(group(query.entityId()), tables -> ChatQueries.answer(tables, query))
                .thenApply(outcome -> ((ReadOutcome.Done<QueryAnswer>) outcome).value());
    }

    /// Carries out a command.
    public ChatAnswer now(ChatCommand command) throws Exception {
        return submit(command).get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /// Asks and waits.
    public QueryAnswer now(ChatQuery query) throws Exception {
        return ask(query).get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /// A direct conversation that the lists of both know of.
    public String direct(String a, String b) throws Exception {
        String conversation = Ids.direct(a, b);
        now(new ChatCommand.CreateDirect(conversation, a, b));
        now(new ChatCommand.NoteMembership(a, conversation, 0, true));
        now(new ChatCommand.NoteMembership(b, conversation, 0, true));
        return conversation;
    }

    /// Overwrites the row of a delivery, and forgets what the memory holds: whoever is behind reads the tables.
    public void damage(int partition, long number) throws Exception {
        byte[] key = ByteBuffer.allocate(1 + Long.BYTES)
                .put(DELIVERY_TABLE)
                .putLong(number)
                .array();
        damages.add(tables -> {
            if (tables.get(Family.QUEUE, key) == null) {
                throw new IllegalStateException("there is no delivery " + number);
            }
            tables.put(Family.QUEUE, key, GARBAGE);
        });
        now(new ChatCommand.AdvanceMembershipCheckpoint(partition, 0));
        DeliveryRing ring = Objects.requireNonNull(rings.get(Partitioning.group(partition)));
        ring.reset(ring.newest() + 1);
    }

    @Override
    public void close() {
        groups.close();
    }

    private MemoryGroups<ChatAnswer> groups() {
        for (int partition = 0; partition < PARTITIONING.partitions(); partition++) {
            rings.put(Partitioning.group(partition), new DeliveryRing());
        }
        return MemoryGroups.single(
                group -> new Damageable(new ChatMachine(rings.getOrDefault(group, new DeliveryRing()))),
                List.copyOf(rings.keySet()));
    }

    private static GroupId group(String entityId) {
        return Partitioning.group(PARTITIONING.partitionOf(entityId));
    }

    /// A machine whose tables are damaged with its next entry.
    private final class Damageable implements ReplicatedMachine<ChatAnswer> {
        private final ChatMachine machine;

        Damageable(ChatMachine machine) {
            this.machine = machine;
        }

        @Override
        public void opened(TableReader tables) {
            machine.opened(tables);
        }

        @Override
        public List<ChatAnswer> apply(Stamp stamp, List<byte[]> commands, TableWriter tables) {
            Consumer<TableWriter> damage = damages.poll();
            if (damage != null) {
                damage.accept(tables);
            }
            return machine.apply(stamp, commands, tables);
        }

        @Override
        public void written(Stamp stamp) {
            machine.written(stamp);
        }
    }
}
