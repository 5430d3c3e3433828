package dev.parley.raftstorage.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.LedgerMachine;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicatedGroups;
import dev.parley.raftstorage.ReplicatedGroupsContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatisGroupsTest extends ReplicatedGroupsContract {
    private static final Map<GroupId, List<NodeId>> GROUPS = Map.of(ONE, List.of(NODE), TWO, List.of(NODE));

    @TempDir
    Path directory;

    private TestNode node = new TestNode(NODE.value());
    private RatisGroups<String> groups;

    @BeforeEach
    void start() {
        groups = start(TestNode.Options.ALONE);
    }

    @AfterEach
    void close() {
        groups.close();
    }

    @Test
    void a_restart_goes_on_where_it_stopped_and_applies_nothing_twice() {
        submit(ONE, "a", "b");
        submit(ONE, "c");
        groups.close();

        node = new TestNode(NODE.value());
        groups = start(TestNode.Options.ALONE);
        assertThat(submit(ONE, "d").answers()).containsExactly("4");

        assertThat(readAll(ONE)).containsExactly("a", "b", "c", "d");
        assertThat(machine(ONE).written).hasSize(1);
        assertThat(machine(ONE).complaints).isEmpty();
    }

    @Test
    void a_quiet_group_becomes_durable_by_time() {
        groups.close();
        groups = start(TestNode.Options.ALONE.withTuning(TestNode.snapshotsEvery(Duration.ofSeconds(1))));

        long index = submit(ONE, "a").logIndex();

        await().atMost(Duration.ofSeconds(20)).until(() -> groups.status(ONE).durableIndex() >= index);
        assertThat(groups.status(ONE).durableIndex())
                .isEqualTo(groups.status(ONE).appliedIndex());
    }

    private RatisGroups<String> start(TestNode.Options options) {
        return node.start(directory, Map.of(NODE, "127.0.0.1:" + TestNode.freePort()), GROUPS, options);
    }

    @Override
    protected ReplicatedGroups<String> groups() {
        return groups;
    }

    @Override
    protected LedgerMachine machine(GroupId group) {
        return Objects.requireNonNull(node.machines.get(group));
    }

    @Override
    protected void diskLow(boolean low) {
        node.diskLow(low);
    }
}
