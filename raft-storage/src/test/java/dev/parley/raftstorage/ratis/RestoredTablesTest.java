package dev.parley.raftstorage.ratis;

import static dev.parley.raftstorage.ratis.TestCluster.ONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotSession;
import dev.parley.raftstorage.rocks.AppliedPosition;
import dev.parley.raftstorage.rocks.RocksRuntime;
import dev.parley.raftstorage.rocks.RocksTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A group that is founded with the tables of another one, which were copied from a checkpoint.
class RestoredTablesTest {
    private static final NodeId N1 = new NodeId("n1");
    private static final int CHUNK_BYTES = 1 << 20;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void a_group_goes_on_from_restored_tables_and_gives_them_to_a_replica_that_joins() throws Exception {
        List<String> lines = new ArrayList<>();
        Path storage = directory.resolve("new").resolve("n1");
        try (TestCluster old = new TestCluster(directory.resolve("old"), 1, ONE).startAll()) {
            write(old, lines, "before", 20);
            copy(old, RatisGroups.tablesDirectory(storage, ONE));
        }

        try (TestCluster restored = new TestCluster(directory.resolve("new"), 1, ONE)) {
            NodeId newcomer = restored.addNode("n2");
            restored.start(N1);
            assertThat(restored.read(ONE)).isEqualTo(lines);
            write(restored, lines, "after", 5);

            restored.startJoining(newcomer);
            restored.groups(newcomer)
                    .startEmptyReplica(ONE)
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
            restored.groups(restored.awaitLeader(ONE))
                    .addReplica(ONE, newcomer)
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join();
            restored.awaitLines(newcomer, ONE, lines);
            write(restored, lines, "together", 5);
            restored.awaitLines(newcomer, ONE, lines);
            restored.stop(newcomer);
            restored.stop(N1);
            restored.start(N1);
            restored.startJoining(newcomer);
            assertThat(restored.read(ONE)).isEqualTo(lines);
        }
    }

    private static void write(TestCluster cluster, List<String> lines, String word, int count) {
        for (int i = 0; i < count; i++) {
            String line = word + " " + i;
            cluster.submit(ONE, line);
            lines.add(line);
        }
    }

    /// What a restore does: the files of a checkpoint, in no term.
    private static void copy(TestCluster cluster, Path target) throws IOException, SnapshotException {
        Files.createDirectories(target);
        try (SnapshotSession session = cluster.groups(cluster.awaitLeader(ONE)).openSnapshot(ONE)) {
            for (SnapshotSession.File file : session.manifest().files()) {
                Files.write(target.resolve(file.name()), session.read(file.name(), 0, CHUNK_BYTES));
                assertThat(target.resolve(file.name())).hasSize(file.bytes());
            }
        }
        try (RocksRuntime runtime = new RocksRuntime(RocksRuntime.Sizes.DEFAULT);
                RocksTables tables = RocksTables.open(runtime, target)) {
            AppliedPosition position = tables.durable();
            assertThat(position.logIndex()).isPositive();
            tables.flush(new AppliedPosition(0, position.logIndex(), position.epochMillis()));
        }
    }
}
