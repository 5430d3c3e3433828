package dev.parley.raftstorage;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.raftstorage.SubmitOutcome.Applied;
import dev.parley.raftstorage.SubmitOutcome.Cause;
import dev.parley.raftstorage.SubmitOutcome.Refused;
import dev.parley.raftstorage.SubmitOutcome.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every implementation of [ReplicatedGroups] owes its callers, on one node that leads two groups.
public abstract class ReplicatedGroupsContract {
    protected static final GroupId ONE = new GroupId("p-001");
    protected static final GroupId TWO = new GroupId("p-002");
    protected static final NodeId NODE = new NodeId("n1");

    /// The groups under test, leading [#ONE] and [#TWO] or about to.
    protected abstract ReplicatedGroups<String> groups();

    protected abstract LedgerMachine machine(GroupId group);

    protected abstract void diskLow(boolean low);

    @Test
    void a_batch_is_applied_in_order_and_answered_in_order() {
        Applied<String> applied = submit(ONE, "a", "b", "c");

        assertThat(applied.answers()).containsExactly("1", "2", "3");
        assertThat(applied.logIndex()).isPositive();
        assertThat(readAll(ONE)).containsExactly("a", "b", "c");
        assertThat(machine(ONE).complaints).isEmpty();
    }

    @Test
    void groups_know_nothing_of_each_other() {
        submit(ONE, "a");
        submit(TWO, "x", "y");

        assertThat(readAll(ONE)).containsExactly("a");
        assertThat(readAll(TWO)).containsExactly("x", "y");
    }

    @Test
    void batches_of_one_thread_keep_their_order() {
        awaitReady(ONE);
        List<CompletableFuture<SubmitOutcome<String>>> outcomes = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            outcomes.add(groups().submit(ONE, LedgerMachine.lines("line " + i)));
        }

        for (int i = 0; i < 300; i++) {
            assertThat(get(outcomes.get(i))).isInstanceOf(Applied.class);
        }
        assertThat(readAll(ONE))
                .containsExactlyElementsOf(
                        IntStream.range(0, 300).mapToObj(i -> "line " + i).toList());
        assertThat(machine(ONE).complaints).isEmpty();
        assertThat(machine(ONE).written)
                .isEqualTo(machine(ONE).stamps.stream().map(Stamp::logIndex).toList());
    }

    @Test
    void a_batch_over_the_size_of_an_entry_is_refused() {
        awaitReady(ONE);

        SubmitOutcome<String> outcome = get(groups().submit(ONE, List.of(new byte[StorageLimits.ENTRY_BYTES_MAX + 1])));

        assertThat(outcome).isInstanceOf(Refused.class);
        assertThat(readAll(ONE)).isEmpty();
    }

    @Test
    void a_batch_without_commands_is_refused() {
        assertThat(get(groups().submit(ONE, List.of()))).isInstanceOf(Refused.class);
    }

    @Test
    void an_unknown_group_is_unavailable() {
        GroupId unknown = new GroupId("p-999");

        assertThat(get(groups().submit(unknown, LedgerMachine.lines("a"))))
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        unavailable -> assertThat(unavailable.cause()).isEqualTo(Cause.CLOSED));
        assertThat(get(groups().read(unknown, LedgerMachine::read))).isInstanceOf(ReadOutcome.Unavailable.class);
        assertThat(get(groups().readStale(unknown, LedgerMachine::read))).isInstanceOf(ReadOutcome.Unavailable.class);
        assertThat(groups().status(unknown).state()).isEqualTo(GroupStatus.State.CLOSED);
    }

    @Test
    void a_low_disk_refuses_writes_serves_reads_and_recovers_by_itself() {
        submit(ONE, "before");
        diskLow(true);
        await().atMost(Duration.ofSeconds(10)).until(() -> !groups().health().writable());

        assertThat(get(groups().submit(ONE, LedgerMachine.lines("refused"))))
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        unavailable -> assertThat(unavailable.cause()).isEqualTo(Cause.DISK_LOW));
        assertThat(readAll(ONE)).containsExactly("before");
        assertThat(groups().health().problems()).hasSize(1);
        assertThat(groups().health().fatal()).isFalse();

        diskLow(false);
        await().atMost(Duration.ofSeconds(10)).until(() -> groups().health().writable());
        submit(ONE, "after");
        assertThat(readAll(ONE)).containsExactly("before", "after");
    }

    @Test
    void a_listener_is_told_of_the_present_leader_at_once() {
        awaitReady(ONE);
        List<GroupId> ready = new CopyOnWriteArrayList<>();

        groups().addListener((group, _, leader, isReady) -> {
            if (isReady && leader.equals(Optional.of(NODE))) {
                ready.add(group);
            }
        });

        await().atMost(Duration.ofSeconds(10)).until(() -> ready.contains(ONE));
        assertThat(ready).contains(ONE);
    }

    @Test
    void the_status_shows_role_indexes_and_replicas() {
        Applied<String> applied = submit(ONE, "a");

        GroupStatus status = groups().status(ONE);
        assertThat(status.state()).isEqualTo(GroupStatus.State.RUNNING);
        assertThat(status.role()).isEqualTo(GroupStatus.Role.LEADER);
        assertThat(status.ready()).isTrue();
        assertThat(status.leader()).contains(NODE);
        assertThat(status.replicas()).containsExactly(NODE);
        assertThat(status.appliedIndex()).isGreaterThanOrEqualTo(applied.logIndex());
        assertThat(groups().statuses()).extracting(GroupStatus::group).containsExactly(ONE, TWO);
    }

    @Test
    void a_function_that_fails_fails_its_read_only() {
        submit(ONE, "a");

        CompletableFuture<ReadOutcome<String>> failed = groups().read(ONE, _ -> {
            throw new IllegalArgumentException("as ordered");
        });

        assertThat(failed)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withMessageContaining("as ordered");
        assertThat(readAll(ONE)).containsExactly("a");
    }

    @Test
    void a_snapshot_session_serves_what_its_manifest_names() throws Exception {
        Applied<String> applied = submit(ONE, "a");

        try (SnapshotSession session = groups().openSnapshot(ONE)) {
            assertThat(session.manifest().group()).isEqualTo(ONE);
            assertThat(session.manifest().logIndex()).isGreaterThanOrEqualTo(applied.logIndex());
            for (SnapshotSession.File file : session.manifest().files()) {
                assertThat(session.read(file.name(), file.bytes(), 10)).isEmpty();
            }
        }
    }

    @Test
    void after_close_nothing_is_taken_any_more() {
        submit(ONE, "a");

        groups().close();
        groups().close();

        assertThat(get(groups().submit(ONE, LedgerMachine.lines("b"))))
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        unavailable -> assertThat(unavailable.cause()).isEqualTo(Cause.CLOSED));
        assertThat(get(groups().read(ONE, LedgerMachine::read))).isInstanceOf(ReadOutcome.Unavailable.class);
        assertThat(groups().health().writable()).isFalse();
    }

    protected final void awaitReady(GroupId group) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> groups().status(group).ready());
    }

    protected final Applied<String> submit(GroupId group, String... lines) {
        awaitReady(group);
        SubmitOutcome<String> outcome = get(groups().submit(group, LedgerMachine.lines(lines)));
        assertThat(outcome).isInstanceOf(Applied.class);
        return (Applied<String>) outcome;
    }

    protected final List<String> readAll(GroupId group) {
        ReadOutcome<List<String>> outcome = get(groups().read(group, LedgerMachine::read));
        assertThat(outcome).isInstanceOf(ReadOutcome.Done.class);
        return ((ReadOutcome.Done<List<String>>) outcome).value();
    }

    protected static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(20, SECONDS).join();
    }
}
