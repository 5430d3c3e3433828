package dev.parley.raftstorage.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.LedgerMachine;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.SubmitOutcome.Cause;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One node whose disk, files or machine fail.
class RatisFailureTest {
    private static final GroupId ONE = new GroupId("p-001");
    private static final GroupId TWO = new GroupId("p-002");
    private static final NodeId NODE = new NodeId("n1");

    @TempDir
    Path directory;

    private TestNode node = new TestNode(NODE.value());
    private @Nullable RatisGroups<String> running;

    @AfterEach
    void close() {
        if (running != null) {
            running.close();
        }
    }

    @Test
    void a_failed_fsync_acknowledges_nothing_and_closes_the_group() {
        RatisGroups<String> groups = start(directory.resolve("a"), TestNode.Options.ALONE);
        submit(groups, ONE, "stored");
        node.forcingFails();

        SubmitOutcome<String> outcome = offer(groups, ONE, "lost");

        assertThat(outcome).isInstanceOf(SubmitOutcome.Unknown.class);
        await().atMost(Duration.ofSeconds(20)).until(() -> groups.health().fatal());
        await().atMost(Duration.ofSeconds(20)).until(() -> groups.status(ONE).state() == GroupStatus.State.CLOSED);
        assertThat(groups.health().problems())
                .anySatisfy(problem -> assertThat(problem).contains("p-001"));
        assertThat(offer(groups, ONE, "later"))
                .isInstanceOfSatisfying(
                        SubmitOutcome.Unavailable.class,
                        unavailable -> assertThat(unavailable.cause()).isEqualTo(Cause.CLOSED));
    }

    @Test
    void a_bug_in_the_machine_fences_its_group_only() {
        RatisGroups<String> groups = start(directory.resolve("a"), TestNode.Options.ALONE);
        submit(groups, ONE, "a");

        assertThat(offer(groups, ONE, "bug")).isInstanceOf(SubmitOutcome.Unknown.class);

        await().atMost(Duration.ofSeconds(20)).until(() -> groups.status(ONE).state() == GroupStatus.State.CLOSED);
        assertThat(groups.status(ONE).reason()).contains("as ordered");
        assertThat(groups.health().fatal()).isTrue();
        submit(groups, TWO, "b");
        assertThat(read(groups, TWO)).containsExactly("b");
    }

    @Test
    void too_much_at_once_is_overloaded_and_what_was_taken_is_applied() {
        RatisGroups<String> groups =
                start(directory.resolve("a"), TestNode.Options.ALONE.withLimits(new StorageLimits(0, 0, 2_000)));
        awaitReady(groups, ONE);
        List<CompletableFuture<SubmitOutcome<String>>> outcomes = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            outcomes.add(groups.submit(ONE, LedgerMachine.lines("x".repeat(300))));
        }

        int applied = 0;
        int overloaded = 0;
        for (CompletableFuture<SubmitOutcome<String>> future : outcomes) {
            SubmitOutcome<String> outcome =
                    future.orTimeout(20, TimeUnit.SECONDS).join();
            if (outcome instanceof SubmitOutcome.Applied<String>) {
                applied++;
            } else if (outcome instanceof SubmitOutcome.Unavailable<String> unavailable
                    && unavailable.cause() == Cause.OVERLOADED) {
                overloaded++;
            }
        }
        assertThat(applied).isPositive();
        assertThat(overloaded).isPositive();
        assertThat(applied + overloaded).isEqualTo(300);
        assertThat(read(groups, ONE)).hasSize(applied);
    }

    @Test
    void what_a_kill_leaves_opens_with_everything_acknowledged() throws Exception {
        RatisGroups<String> groups = start(directory.resolve("a"), TestNode.Options.ALONE);
        for (int i = 0; i < 20; i++) {
            submit(groups, ONE, "line " + i);
        }
        // Taken while the node runs: nothing was flushed or closed in an orderly way.
        LogFiles.copy(directory.resolve("a"), directory.resolve("b"));
        groups.close();

        RatisGroups<String> reopened = restart(directory.resolve("b"));

        assertThat(read(reopened, ONE)).hasSize(20).endsWith("line 19");
        assertThat(Objects.requireNonNull(node.machines.get(ONE)).complaints).isEmpty();
    }

    @Test
    void an_entry_that_a_kill_cut_off_is_dropped_and_the_group_serves() throws Exception {
        RatisGroups<String> groups = start(directory.resolve("a"), TestNode.Options.ALONE);
        submit(groups, ONE, "first");
        submit(groups, ONE, "second " + "x".repeat(5_000));
        LogFiles.copy(directory.resolve("a"), directory.resolve("b"));
        groups.close();
        LogFiles.tear(directory.resolve("b"), ONE, 2_000);

        RatisGroups<String> reopened = restart(directory.resolve("b"));

        assertThat(read(reopened, ONE)).containsExactly("first");
        assertThat(reopened.health().problems()).isEmpty();
        submit(reopened, ONE, "third");
        assertThat(read(reopened, ONE)).containsExactly("first", "third");
    }

    @Test
    void a_damaged_log_quarantines_its_group_and_the_others_serve() throws Exception {
        RatisGroups<String> groups = start(directory.resolve("a"), TestNode.Options.ALONE);
        for (int i = 0; i < 10; i++) {
            submit(groups, ONE, "line " + i);
        }
        submit(groups, TWO, "sound");
        LogFiles.copy(directory.resolve("a"), directory.resolve("b"));
        groups.close();
        LogFiles.damage(directory.resolve("b"), ONE);

        RatisGroups<String> reopened = restart(directory.resolve("b"));

        assertThat(read(reopened, TWO)).containsExactly("sound");
        assertQuarantined(reopened, directory.resolve("b"));
    }

    @Test
    void damaged_tables_quarantine_their_group_and_the_others_serve() throws Exception {
        RatisGroups<String> groups = start(directory.resolve("a"), TestNode.Options.ALONE);
        submit(groups, ONE, "a");
        submit(groups, TWO, "sound");
        groups.close();
        LogFiles.damageTables(directory.resolve("a"), ONE);

        RatisGroups<String> reopened = restart(directory.resolve("a"));

        assertThat(read(reopened, TWO)).containsExactly("sound");
        assertQuarantined(reopened, directory.resolve("a"));
    }

    @Test
    void a_replica_of_a_group_that_nobody_knows_is_set_aside() throws Exception {
        RatisGroups<String> groups = start(directory.resolve("a"), TestNode.Options.ALONE);
        submit(groups, ONE, "a");
        groups.close();
        Path unknown = directory.resolve("a").resolve("raft").resolve("00000000-0000-4000-8000-000000000000");
        Files.createDirectories(unknown.resolve("current"));

        RatisGroups<String> reopened = restart(directory.resolve("a"));

        assertThat(read(reopened, ONE)).containsExactly("a");
        assertThat(unknown).doesNotExist();
        assertThat(directory.resolve("a").resolve("quarantine"))
                .isDirectoryContaining(path -> path.toString().contains("00000000-0000-4000-8000-000000000000"));
    }

    @Test
    void a_directory_in_use_is_refused_and_left_alone() {
        RatisGroups<String> groups = start(directory.resolve("a"), TestNode.Options.ALONE);
        submit(groups, ONE, "a");

        assertThatThrownBy(() -> new TestNode(NODE.value())
                        .start(
                                directory.resolve("a"),
                                Map.of(NODE, "127.0.0.1:" + TestNode.freePort()),
                                placement(),
                                TestNode.Options.ALONE))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("in use");
        submit(groups, ONE, "b");
        assertThat(groups.health().problems()).isEmpty();
    }

    @Test
    void a_group_whose_founding_was_interrupted_is_founded_again() throws Exception {
        Path current = new GroupDirectories(directory.resolve("a")).raft(ONE).resolve("current");
        Files.createDirectories(current);
        Files.writeString(current.resolve("raft-meta.tmp"), "term=");

        RatisGroups<String> groups = start(directory.resolve("a"), TestNode.Options.ALONE);

        submit(groups, ONE, "a");
        assertThat(read(groups, ONE)).containsExactly("a");
    }

    @Test
    void a_taken_port_is_reported() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            assertThatThrownBy(() -> node.start(directory, Map.of(NODE, address), placement(), TestNode.Options.ALONE))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()));
        }
    }

    private void assertQuarantined(RatisGroups<String> groups, Path place) {
        assertThat(groups.status(ONE).state()).isEqualTo(GroupStatus.State.QUARANTINED);
        assertThat(groups.health().writable()).isTrue();
        assertThat(groups.health().problems()).singleElement().asString().contains("p-001", "quarantined");
        assertThat(offer(groups, ONE, "x"))
                .isInstanceOfSatisfying(
                        SubmitOutcome.Unavailable.class,
                        unavailable -> assertThat(unavailable.cause()).isEqualTo(Cause.CLOSED));
        assertThat(place.resolve("quarantine").resolve(ONE.name())).isDirectoryRecursivelyContaining("glob:**/raft");
        assertThat(place.resolve("quarantine").resolve(ONE.name())).isDirectoryRecursivelyContaining("glob:**/tables");
    }

    private RatisGroups<String> restart(Path place) {
        node = new TestNode(NODE.value());
        return start(place, TestNode.Options.ALONE);
    }

    private RatisGroups<String> start(Path place, TestNode.Options options) {
        running = node.start(place, Map.of(NODE, "127.0.0.1:" + TestNode.freePort()), placement(), options);
        return running;
    }

    private static Map<GroupId, List<NodeId>> placement() {
        return Map.of(ONE, List.of(NODE), TWO, List.of(NODE));
    }

    private static void awaitReady(RatisGroups<String> groups, GroupId group) {
        await().atMost(Duration.ofSeconds(30)).until(() -> groups.status(group).ready());
    }

    private static void submit(RatisGroups<String> groups, GroupId group, String line) {
        awaitReady(groups, group);
        assertThat(offer(groups, group, line)).isInstanceOf(SubmitOutcome.Applied.class);
    }

    private static SubmitOutcome<String> offer(RatisGroups<String> groups, GroupId group, String line) {
        return groups.submit(group, LedgerMachine.lines(line))
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    private static List<String> read(RatisGroups<String> groups, GroupId group) {
        awaitReady(groups, group);
        ReadOutcome<List<String>> outcome = groups.read(group, LedgerMachine::read)
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
        assertThat(outcome).isInstanceOf(ReadOutcome.Done.class);
        return ((ReadOutcome.Done<List<String>>) outcome).value();
    }
}
