package dev.parley.raftstorage.ratis;

import static dev.parley.raftstorage.ratis.TestCluster.ONE;
import static dev.parley.raftstorage.ratis.TestCluster.TWO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.LedgerMachine;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.SubmitOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatisClusterTest {
    @TempDir
    Path directory;

    private TestCluster cluster;

    @BeforeEach
    void start() {
        cluster = new TestCluster(directory, 3, ONE, TWO).startAll();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void writes_reach_every_replica_and_only_the_leader_serves_them() {
        NodeId leader = cluster.awaitLeader(ONE);
        cluster.submit(ONE, "a");
        cluster.submit(ONE, "b");

        for (NodeId node : cluster.nodes.keySet()) {
            cluster.awaitLines(node, ONE, List.of("a", "b"));
        }
        NodeId follower = other(leader);
        assertThat(cluster.groups(follower)
                        .submit(ONE, LedgerMachine.lines("x"))
                        .join())
                .isEqualTo(new SubmitOutcome.NotLeader<String>(Optional.of(leader)));
        assertThat(cluster.groups(follower).read(ONE, LedgerMachine::read).join())
                .isEqualTo(new ReadOutcome.NotLeader<List<String>>(Optional.of(leader)));
        GroupStatus status = cluster.groups(leader).status(ONE);
        assertThat(status.replicas()).containsExactlyElementsOf(cluster.nodes.keySet());
        assertThat(status.followers())
                .hasSize(2)
                .allSatisfy(f -> assertThat(f.matchIndex()).isPositive());
    }

    /// Entries go on all the while: each replica answers with the state after that one entry, or says that it
    /// is past.
    @Test
    void replicas_are_read_as_they_are_after_one_entry_while_others_follow() {
        NodeId leader = cluster.awaitLeader(ONE);
        cluster.submit(ONE, "first");
        long index = cluster.groups(leader).status(ONE).appliedIndex() + 5;
        List<CompletableFuture<ReadOutcome<List<String>>>> reads = cluster.nodes.keySet().stream()
                .map(node -> cluster.groups(node).readAt(ONE, index, Duration.ofSeconds(30), LedgerMachine::read))
                .toList();
        for (int i = 0; i < 10; i++) {
            cluster.submit(ONE, "line " + i);
        }

        List<List<String>> states = new ArrayList<>();
        for (CompletableFuture<ReadOutcome<List<String>>> read : reads) {
            ReadOutcome<List<String>> outcome =
                    read.orTimeout(40, TimeUnit.SECONDS).join();
            assertThat(outcome).isInstanceOf(ReadOutcome.Done.class);
            states.add(((ReadOutcome.Done<List<String>>) outcome).value());
        }
        assertThat(states).hasSize(3).allMatch(states.getFirst()::equals);
        assertThat(states.getFirst()).hasSizeBetween(2, 6);
        assertThat(cluster.groups(leader)
                        .readAt(ONE, index, Duration.ofSeconds(1), LedgerMachine::read)
                        .join())
                .isInstanceOfSatisfying(
                        ReadOutcome.Unavailable.class,
                        gone -> assertThat(gone.reason()).contains("past entry " + index));
        assertThat(cluster.groups(leader)
                        .readAt(ONE, index + 1_000, Duration.ofMillis(100), LedgerMachine::read)
                        .join())
                .isInstanceOf(ReadOutcome.Unavailable.class);
    }

    @Test
    void nothing_acknowledged_is_lost_when_the_leader_closes_under_load() {
        NodeId first = cluster.awaitLeader(ONE);
        List<CompletableFuture<SubmitOutcome<String>>> outcomes = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            outcomes.add(cluster.groups(first).submit(ONE, LedgerMachine.lines("line " + i)));
            if (i == 200) {
                outcomes.get(100).orTimeout(20, TimeUnit.SECONDS).join();
                Thread.ofPlatform().start(() -> cluster.groups(first).close());
            }
        }
        List<String> acknowledged = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            SubmitOutcome<String> outcome =
                    outcomes.get(i).orTimeout(30, TimeUnit.SECONDS).join();
            if (outcome instanceof SubmitOutcome.Applied<String>) {
                acknowledged.add("line " + i);
            } else {
                assertThat(outcome).isNotInstanceOf(SubmitOutcome.Refused.class);
            }
        }
        cluster.groups(first).close();
        cluster.running.remove(first);

        assertThat(cluster.awaitLeader(ONE)).isNotEqualTo(first);
        cluster.submit(ONE, "after");
        assertThat(cluster.read(ONE))
                .containsSubsequence(acknowledged)
                .doesNotHaveDuplicates()
                .endsWith("after");
    }

    @Test
    void a_node_that_comes_back_catches_up_and_applies_nothing_twice() {
        cluster.submit(ONE, "a");
        NodeId away = other(cluster.awaitLeader(ONE));
        cluster.awaitLines(away, ONE, List.of("a"));
        cluster.stop(away);
        cluster.submit(ONE, "b");
        cluster.submit(ONE, "c");

        cluster.start(away);

        cluster.awaitLines(away, ONE, List.of("a", "b", "c"));
        assertThat(cluster.machine(away, ONE).complaints).isEmpty();
        assertThat(cluster.machine(away, ONE).written).hasSize(2);
        assertThat(cluster.snapshotsOpened.get()).isZero();
    }

    @Test
    void without_a_majority_a_write_is_unknown_and_nothing_is_read() {
        NodeId leader = cluster.awaitLeader(ONE);
        cluster.submit(ONE, "a");
        cluster.nodes.keySet().stream()
                .filter(node -> !node.equals(leader))
                .toList()
                .forEach(cluster::stop);

        CompletableFuture<SubmitOutcome<String>> lonely =
                cluster.groups(leader).submit(ONE, LedgerMachine.lines("lonely"));

        assertThat(lonely.orTimeout(20, TimeUnit.SECONDS).join())
                .isInstanceOfAny(SubmitOutcome.Unknown.class, SubmitOutcome.NotLeader.class);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !cluster.groups(leader).status(ONE).ready());
        assertThat(cluster.groups(leader)
                        .read(ONE, LedgerMachine::read)
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join())
                .isNotInstanceOf(ReadOutcome.Done.class);
    }

    @Test
    void leadership_moves_on_request_and_listeners_hear_of_it() {
        NodeId leader = cluster.awaitLeader(ONE);
        NodeId target = other(leader);
        List<NodeId> heard = new CopyOnWriteArrayList<>();
        cluster.groups(target).addListener((group, _, named, ready) -> {
            if (group.equals(ONE) && ready) {
                heard.addAll(named.stream().toList());
            }
        });
        cluster.submit(ONE, "before");

        cluster.groups(leader)
                .transferLeadership(ONE, target)
                .orTimeout(20, TimeUnit.SECONDS)
                .join();

        assertThat(cluster.awaitLeader(ONE)).isEqualTo(target);
        cluster.submit(ONE, "after");
        assertThat(cluster.read(ONE)).containsExactly("before", "after");
        await().atMost(Duration.ofSeconds(10)).until(() -> heard.contains(target));
    }

    @Test
    void founders_that_stopped_before_their_first_election_elect_a_leader_later() {
        cluster.close();
        cluster = new TestCluster(directory.resolve("later"), 3, ONE);
        List<NodeId> nodes = List.copyOf(cluster.nodes.keySet());
        for (NodeId alone : nodes) {
            cluster.start(alone);
            assertThat(cluster.groups(alone).status(ONE).ready()).isFalse();
            cluster.stop(alone);
        }

        nodes.forEach(cluster::startJoining);

        cluster.submit(ONE, "a");
        assertThat(cluster.read(ONE)).containsExactly("a");
    }

    private NodeId other(NodeId node) {
        return cluster.nodes.keySet().stream()
                .filter(candidate -> !candidate.equals(node))
                .findFirst()
                .orElseThrow();
    }
}
