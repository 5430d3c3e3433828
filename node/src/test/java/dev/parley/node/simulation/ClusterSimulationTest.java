package dev.parley.node.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatAnswer.MessagePosted;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatCommand.PostMessage;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.Ids;
import dev.parley.chat.QueryAnswer.Page;
import dev.parley.chat.Role;
import dev.parley.node.machine.ChatMachine;
import dev.parley.node.tables.ChatQueries;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.memory.MemoryCluster;
import dev.parley.raftstorage.memory.MemorySettings;
import dev.parley.raftstorage.memory.MemorySettings.Faults;
import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableReader.Direction;
import dev.parley.raftstorage.table.TableReader.Next;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Three simulated nodes with the real machine: clients post through crashes, changes of leader, partitions of the
/// network and lost replies, all decided by a seed. `-Dparley.seed=N` replays one.
class ClusterSimulationTest {
    private static final List<NodeId> NODES = List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"));
    private static final String DIRECT = Ids.direct("alice", "bob");
    private static final String GROUP = Ids.group("alice", "g-1");
    private static final int COMMANDS_PER_CLIENT = 40;

    /// Enough for most clients to finish while things still go wrong.
    private static final int ROUGH_STEPS = 2_500;

    private static final int CALM_ROUNDS_MAX = 1_000;

    static LongStream seeds() {
        Long seed = Long.getLong("parley.seed");
        return seed == null ? LongStream.rangeClosed(1, 60) : LongStream.of(seed);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatever_fails_the_invariants_hold(long seed) {
        Random random = new Random(seed);
        List<RecordingSink> sinks = new ArrayList<>();
        MemoryCluster<ChatAnswer> cluster = cluster(seed, sinks);
        List<SimulatedClient> clients = List.of(
                new SimulatedClient(new ArrayDeque<>(List.of(
                        new ChatCommand.CreateDirect(DIRECT, "alice", "bob"),
                        new ChatCommand.CreateGroup(GROUP, "alice", "Friends", List.of("bob", "carol"))))),
                client("alice", random),
                client("bob", random),
                client("carol", random),
                client("dave", random));

        finish(clients.subList(0, 1), cluster, random);
        for (int step = 0; step < ROUGH_STEPS; step++) {
            clients.get(random.nextInt(clients.size())).act(cluster, NODES, random);
            cluster.run(random.nextInt(4));
        }
        finish(clients, cluster, random);

        Evidence evidence = evidence(cluster, clients, sinks);
        assertThat(evidence.acked()).as("seed %d", seed).hasSizeGreaterThan(COMMANDS_PER_CLIENT);
        for (Invariant invariant : Invariant.all()) {
            assertThat(invariant.violations(evidence))
                    .as("seed %d, %s", seed, invariant)
                    .isEmpty();
        }
    }

    /// Works through what clients have left, without further faults.
    private static void finish(List<SimulatedClient> clients, MemoryCluster<ChatAnswer> cluster, Random random) {
        for (int round = 0; !clients.stream().allMatch(SimulatedClient::done); round++) {
            assertThat(round).as("rounds without faults").isLessThan(CALM_ROUNDS_MAX);
            clients.forEach(client -> client.act(cluster, NODES, random));
            cluster.settle();
        }
        cluster.settle();
    }

    private static SimulatedClient client(String userId, Random random) {
        Queue<ChatCommand> commands = new ArrayDeque<>();
        for (int number = 0; number < COMMANDS_PER_CLIENT; number++) {
            commands.add(command(userId, number, random));
        }
        return new SimulatedClient(commands);
    }

    private static ChatCommand command(String userId, int number, Random random) {
        int dice = random.nextInt(10);
        if (dice == 0 && userId.equals("alice")) {
            return random.nextInt(3) == 0
                    ? new ChatCommand.RemoveMember(GROUP, "alice", "dave")
                    : new ChatCommand.AddMember(GROUP, "alice", "dave", Role.MEMBER);
        }
        if (dice == 1) {
            return new ChatCommand.AdvanceRead(GROUP, userId, random.nextInt(30));
        }
        if (dice == 2) {
            return new ChatCommand.AdvanceDelivered(GROUP, userId, random.nextInt(30));
        }
        boolean direct = dice < 6 && (userId.equals("alice") || userId.equals("bob"));
        String clientMessageId = userId + "-" + number;
        return new PostMessage(direct ? DIRECT : GROUP, userId, "phone", clientMessageId, "text " + clientMessageId);
    }

    private static MemoryCluster<ChatAnswer> cluster(long seed, List<RecordingSink> sinks) {
        return new MemoryCluster<>(new MemorySettings<>(
                seed,
                Map.of(SimulatedClient.GROUP, NODES),
                (_, _) -> {
                    RecordingSink sink = new RecordingSink();
                    sinks.add(sink);
                    return new ChatMachine(sink);
                },
                StorageLimits.DEFAULT,
                Faults.ROUGH));
    }

    private static Evidence evidence(
            MemoryCluster<ChatAnswer> cluster, List<SimulatedClient> clients, List<RecordingSink> sinks) {
        List<Evidence.Acked> acked = clients.stream()
                .flatMap(client -> client.answers().stream())
                .<Evidence.Acked>mapMulti((answered, next) -> {
                    if (answered.command() instanceof PostMessage post
                            && answered.answer() instanceof MessagePosted posted) {
                        next.accept(new Evidence.Acked(post, posted));
                    }
                })
                .toList();
        Map<NodeId, Map<String, List<ConversationRecord>>> histories = new TreeMap<>();
        Map<NodeId, String> tables = new TreeMap<>();
        for (NodeId node : NODES) {
            Map<String, List<ConversationRecord>> conversations = new TreeMap<>();
            for (String conversationId : List.of(DIRECT, GROUP)) {
                conversations.put(conversationId, read(cluster, node, reader -> history(reader, conversationId)));
            }
            histories.put(node, conversations);
            tables.put(node, read(cluster, node, ClusterSimulationTest::dump));
        }
        return new Evidence(acked, histories, tables, sinks);
    }

    private static <T> T read(MemoryCluster<ChatAnswer> cluster, NodeId node, Function<TableReader, T> function) {
        var outcome = cluster.node(node).readStale(SimulatedClient.GROUP, function);
        cluster.settle();
        return switch (outcome.join()) {
            case ReadOutcome.Done<T> done -> done.value();
            case ReadOutcome.NotLeader<T> elsewhere ->
                throw new AssertionError("a stale read needs no leader: " + elsewhere);
            case ReadOutcome.Unavailable<T> unavailable -> throw new AssertionError(unavailable.reason());
        };
    }

    private static List<ConversationRecord> history(TableReader tables, String conversationId) {
        List<ConversationRecord> history = new ArrayList<>();
        boolean more = true;
        while (more) {
            long last = history.isEmpty() ? 0 : history.getLast().seq();
            Page page = (Page) ChatQueries.answer(tables, new ChatQuery.PageAfter(conversationId, "alice", last, 200));
            history.addAll(page.records());
            more = page.more();
        }
        return history;
    }

    private static String dump(TableReader tables) {
        StringBuilder dump = new StringBuilder();
        HexFormat hex = HexFormat.of();
        for (Family family : Family.values()) {
            tables.scan(family, new byte[] {0}, new byte[] {(byte) 0xFF}, Direction.ASCENDING, (key, value) -> {
                dump.append(family)
                        .append(' ')
                        .append(hex.formatHex(key))
                        .append('=')
                        .append(hex.formatHex(value));
                return Next.CONTINUE;
            });
        }
        return dump.toString();
    }
}
