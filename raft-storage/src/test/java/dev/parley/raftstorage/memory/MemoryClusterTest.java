package dev.parley.raftstorage.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.LedgerMachine;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.memory.MemorySettings.Faults;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MemoryClusterTest {
    private static final GroupId GROUP = new GroupId("p-001");
    private static final List<NodeId> NODES = List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"));

    private final List<LedgerMachine> machines = new ArrayList<>();

    static LongStream seeds() {
        return LongStream.range(1, 201);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothing_acknowledged_is_lost_repeated_or_reordered_whatever_fails(long seed) {
        MemoryCluster<String> cluster = cluster(seed, Faults.ROUGH);
        Random random = new Random(seed);
        List<String> sent = new ArrayList<>();
        List<CompletableFuture<SubmitOutcome<String>>> outcomes = new ArrayList<>();

        for (int i = 0; i < 150; i++) {
            MemoryGroups<String> node = cluster.node(NODES.get(random.nextInt(3)));
            String line = "line " + i;
            sent.add(line);
            outcomes.add(node.submit(GROUP, LedgerMachine.lines(line)));
            cluster.run(random.nextInt(12));
        }
        cluster.settle();

        List<String> lines = readStale(cluster, NODES.get(0));
        Set<String> acknowledged = new HashSet<>();
        for (int i = 0; i < sent.size(); i++) {
            String line = sent.get(i);
            switch (outcomes.get(i).join()) {
                case SubmitOutcome.Applied<String> applied -> {
                    acknowledged.add(line);
                    assertThat(lines.get(Integer.parseInt(applied.answers().getFirst()) - 1))
                            .as("seed %d", seed)
                            .isEqualTo(line);
                }
                case SubmitOutcome.Unknown<String> _ -> acknowledged.remove(line);
                case SubmitOutcome.NotLeader<String> _,
                        SubmitOutcome.Unavailable<String> _,
                        SubmitOutcome.Refused<String> _ ->
                    assertThat(lines).as("seed %d", seed).doesNotContain(line);
            }
        }
        assertThat(lines).as("seed %d", seed).doesNotHaveDuplicates().containsAll(acknowledged);
        for (NodeId node : NODES) {
            assertThat(readStale(cluster, node)).as("seed %d on %s", seed, node).isEqualTo(lines);
        }
        assertThat(machines)
                .as("seed %d", seed)
                .allSatisfy(machine -> assertThat(machine.complaints).isEmpty());
    }

    @Test
    void the_same_seed_gives_the_same_run() {
        assertThat(transcript(7)).isEqualTo(transcript(7)).isNotEqualTo(transcript(8));
    }

    @Test
    void a_leader_cut_off_acknowledges_nothing_and_answers_no_reads() {
        MemoryCluster<String> cluster = cluster(1, Faults.NONE);
        cluster.elect(GROUP, NODES.get(0));
        cluster.run(1000);
        cluster.isolate(NODES.get(0));
        CompletableFuture<SubmitOutcome<String>> lonely =
                cluster.node(NODES.get(0)).submit(GROUP, LedgerMachine.lines("lonely"));
        CompletableFuture<ReadOutcome<List<String>>> read =
                cluster.node(NODES.get(0)).read(GROUP, LedgerMachine::read);
        cluster.run(1000);

        assertThat(lonely).isNotDone();
        assertThat(read.join()).isNotInstanceOf(ReadOutcome.Done.class);

        cluster.heal(NODES.get(0));
        cluster.settle();
        assertThat(lonely.join()).isInstanceOf(SubmitOutcome.Unknown.class);
        assertThat(readStale(cluster, NODES.get(0))).isEmpty();
    }

    @Test
    void a_follower_far_behind_gets_a_snapshot() {
        MemoryCluster<String> cluster = cluster(1, Faults.NONE);
        cluster.elect(GROUP, NODES.get(0));
        cluster.run(1000);
        cluster.crash(NODES.get(2));
        CompletableFuture<SubmitOutcome<String>> written =
                cluster.node(NODES.get(0)).submit(GROUP, LedgerMachine.lines("a", "b"));
        cluster.run(1000);
        openAndCloseSnapshot(cluster.node(NODES.get(0)));

        cluster.restart(NODES.get(2));
        cluster.settle();

        assertThat(written.join()).isInstanceOf(SubmitOutcome.Applied.class);
        assertThat(readStale(cluster, NODES.get(2))).containsExactly("a", "b");
        assertThat(cluster.node(NODES.get(2)).status(GROUP).durableIndex()).isPositive();
    }

    @Test
    void a_full_queue_answers_overloaded() {
        MemoryCluster<String> cluster = new MemoryCluster<>(new MemorySettings<>(
                1, Map.of(GROUP, NODES), (_, _) -> new LedgerMachine(), new StorageLimits(0, 0, 14), Faults.NONE));
        cluster.elect(GROUP, NODES.get(0));
        cluster.run(1000);
        MemoryGroups<String> leader = cluster.node(NODES.get(0));

        CompletableFuture<SubmitOutcome<String>> taken = leader.submit(GROUP, LedgerMachine.lines("12345678"));
        CompletableFuture<SubmitOutcome<String>> tooMuch = leader.submit(GROUP, LedgerMachine.lines("123"));
        cluster.settle();

        assertThat(taken.join()).isInstanceOf(SubmitOutcome.Applied.class);
        assertThat(tooMuch.join())
                .isEqualTo(
                        new SubmitOutcome.Unavailable<String>(SubmitOutcome.Cause.OVERLOADED, "too many bytes wait"));
    }

    private static void openAndCloseSnapshot(MemoryGroups<String> node) {
        try (var session = node.openSnapshot(GROUP)) {
            assertThat(session.manifest().files()).hasSize(1);
        } catch (SnapshotException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> transcript(long seed) {
        MemoryCluster<String> cluster = cluster(seed, Faults.ROUGH);
        List<CompletableFuture<SubmitOutcome<String>>> outcomes = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            outcomes.add(cluster.node(NODES.get(i % 3)).submit(GROUP, LedgerMachine.lines("line " + i)));
            cluster.run(5);
        }
        cluster.settle();
        return outcomes.stream().map(outcome -> outcome.join().toString()).toList();
    }

    private MemoryCluster<String> cluster(long seed, Faults faults) {
        return new MemoryCluster<>(new MemorySettings<>(
                seed,
                Map.of(GROUP, NODES),
                (_, _) -> {
                    LedgerMachine machine = new LedgerMachine();
                    machines.add(machine);
                    return machine;
                },
                StorageLimits.DEFAULT,
                faults));
    }

    private static List<String> readStale(MemoryCluster<String> cluster, NodeId node) {
        ReadOutcome<List<String>> outcome =
                cluster.node(node).readStale(GROUP, LedgerMachine::read).join();
        return switch (outcome) {
            case ReadOutcome.Done<List<String>>(List<String> lines) -> lines;
            case ReadOutcome.NotLeader<List<String>> _, ReadOutcome.Unavailable<List<String>> _ ->
                throw new AssertionError("no stale read: " + outcome);
        };
    }
}
