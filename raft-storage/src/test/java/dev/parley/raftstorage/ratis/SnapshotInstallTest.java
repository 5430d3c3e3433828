package dev.parley.raftstorage.ratis;

import static dev.parley.raftstorage.ratis.TestCluster.ONE;
import static dev.parley.raftstorage.ratis.TestCluster.TWO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicaChangeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Replicas whose leader has dropped the log that they need.
class SnapshotInstallTest {
    private static final NodeId N3 = new NodeId("n3");

    /// Snapshots every few entries, small segments, nothing kept behind a snapshot.
    private static final RatisSettings.Tuning FORGETFUL = new RatisSettings.Tuning(
            TestNode.TUNING.electionMin(),
            TestNode.TUNING.electionMax(),
            16 << 10,
            10,
            Duration.ofSeconds(1),
            0,
            TestNode.TUNING.writeTimeout(),
            TestNode.TUNING.readTimeout(),
            TestNode.TUNING.closeTimeout(),
            TestNode.TUNING.readThreads(),
            TestNode.TUNING.rocks());

    @TempDir
    Path directory;

    private @Nullable TestCluster started;
    private final List<String> lines = new ArrayList<>();

    @AfterEach
    void close() {
        if (started != null) {
            started.close();
        }
    }

    @Test
    void a_follower_behind_the_dropped_log_gets_a_snapshot_and_goes_on() {
        TestCluster cluster = create(ONE, TWO).startAll();
        write(cluster, 1, 5);
        cluster.awaitLines(N3, ONE, lines);
        cluster.stop(N3);
        write(cluster, 2, 35);

        cluster.start(N3);

        cluster.awaitLines(N3, ONE, lines);
        assertThat(cluster.snapshotsOpened.get()).isPositive();
        assertThat(cluster.machine(N3, ONE).openings.get()).isGreaterThanOrEqualTo(2);
        write(cluster, 3, 5);
        cluster.awaitLines(N3, ONE, lines);
        assertThat(cluster.machine(N3, ONE).complaints).isEmpty();
        assertThat(cluster.groups(N3).status(ONE).state()).isEqualTo(GroupStatus.State.RUNNING);
        cluster.stop(N3);
        cluster.start(N3);
        cluster.awaitLines(N3, ONE, lines);
        assertThat(cluster.groups(N3).health().problems()).isEmpty();
    }

    @Test
    void a_snapshot_that_does_not_match_its_checksums_is_refused_and_fetched_again() {
        TestCluster cluster = create(ONE).startAll();
        write(cluster, 1, 5);
        cluster.awaitLines(N3, ONE, lines);
        cluster.stop(N3);
        write(cluster, 2, 35);
        cluster.spoilNextSnapshot();

        cluster.start(N3);

        cluster.awaitLines(N3, ONE, lines);
        assertThat(cluster.snapshotsOpened.get()).isGreaterThanOrEqualTo(2);
        assertThat(cluster.machine(N3, ONE).complaints).isEmpty();
    }

    @Test
    void an_empty_replica_joins_and_another_retires() {
        TestCluster cluster = create(ONE);
        List<NodeId> founders = List.copyOf(cluster.nodes.keySet());
        NodeId newcomer = cluster.addNode("n4");
        founders.forEach(cluster::start);
        write(cluster, 1, 35);
        cluster.startJoining(newcomer);
        assertThat(cluster.groups(newcomer).status(ONE).state()).isEqualTo(GroupStatus.State.CLOSED);

        cluster.groups(newcomer)
                .startEmptyReplica(ONE)
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
        assertThat(cluster.groups(newcomer).status(ONE).state()).isEqualTo(GroupStatus.State.STARTING);
        NodeId leader = cluster.awaitLeader(ONE);
        cluster.groups(leader)
                .addReplica(ONE, newcomer)
                .orTimeout(60, TimeUnit.SECONDS)
                .join();

        cluster.awaitLines(newcomer, ONE, lines);
        assertThat(cluster.groups(leader).status(ONE).replicas()).hasSize(4).contains(newcomer);
        assertThatThrownBy(() -> cluster.groups(leader)
                        .addReplica(ONE, newcomer)
                        .orTimeout(30, TimeUnit.SECONDS)
                        .join())
                .hasCauseInstanceOf(ReplicaChangeException.class);

        NodeId leaving = cluster.nodes.keySet().stream()
                .filter(node -> !node.equals(newcomer) && !node.equals(cluster.awaitLeader(ONE)))
                .findFirst()
                .orElseThrow();
        cluster.groups(cluster.awaitLeader(ONE))
                .removeReplica(ONE, leaving)
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
        cluster.groups(leaving)
                .retireReplica(ONE)
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
        write(cluster, 2, 5);
        cluster.awaitLines(newcomer, ONE, lines);
        assertThat(cluster.groups(cluster.awaitLeader(ONE)).status(ONE).replicas())
                .hasSize(3)
                .doesNotContain(leaving);
        assertThat(cluster.directory(leaving).resolve("tables").resolve(ONE.name()))
                .doesNotExist();
    }

    @Test
    void a_quarantined_replica_is_replaced_by_an_empty_one_while_other_groups_serve() throws Exception {
        TestCluster cluster = create(ONE, TWO).startAll();
        write(cluster, 1, 20);
        cluster.awaitLines(N3, ONE, lines);
        cluster.stop(N3);
        LogFiles.damage(cluster.directory(N3), ONE);

        for (int restart = 0; restart < 2; restart++) {
            cluster.start(N3);
            assertThat(cluster.groups(N3).status(ONE).state()).isEqualTo(GroupStatus.State.QUARANTINED);
            assertThat(cluster.groups(N3).status(ONE).reason()).isNotBlank();
            assertThat(cluster.groups(N3).health().problems()).hasSize(1);
            assertThat(cluster.groups(N3).health().fatal()).isFalse();
            assertThat(Files.exists(cluster.directory(N3).resolve("quarantine").resolve(ONE.name())))
                    .isTrue();
            cluster.submit(TWO, "still serving " + restart);
            cluster.awaitLines(N3, TWO, cluster.read(TWO));
            cluster.stop(N3);
        }
        cluster.start(N3);
        write(cluster, 2, 20);

        cluster.groups(cluster.awaitLeader(ONE))
                .removeReplica(ONE, N3)
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
        cluster.groups(N3)
                .startEmptyReplica(ONE)
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
        cluster.groups(cluster.awaitLeader(ONE))
                .addReplica(ONE, N3)
                .orTimeout(60, TimeUnit.SECONDS)
                .join();

        cluster.awaitLines(N3, ONE, lines);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> cluster.groups(N3).health().problems().isEmpty());
        assertThat(cluster.groups(N3).status(ONE).state()).isEqualTo(GroupStatus.State.RUNNING);
    }

    private TestCluster create(GroupId... groups) {
        TestCluster cluster = new TestCluster(directory, 3, groups).tuned(FORGETFUL);
        started = cluster;
        return cluster;
    }

    private void write(TestCluster cluster, int round, int count) {
        for (int i = 0; i < count; i++) {
            String line = round + "/" + i + " " + "x".repeat(1000);
            cluster.submit(ONE, line);
            lines.add(line);
        }
    }
}
