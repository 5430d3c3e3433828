package dev.parley.node.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.GroupStatus.Role;
import dev.parley.raftstorage.GroupStatus.State;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.StorageHealth;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private final Readiness readiness = new Readiness();

    @Test
    void a_node_without_conditions_is_ready() {
        assertThat(readiness.verdict()).isEqualTo(new Readiness.Verdict(true, List.of()));
    }

    @Test
    void a_gate_holds_only_while_it_is_open() {
        Readiness.Gate edge = readiness.gate("edge", "the client listener is not up yet");

        assertThat(readiness.verdict().reasons()).containsExactly("edge: the client listener is not up yet");
        edge.open();
        assertThat(readiness.verdict().ready()).isTrue();
        edge.close("draining");
        assertThat(readiness.verdict()).isEqualTo(new Readiness.Verdict(false, List.of("edge: draining")));
    }

    @Test
    void all_reasons_are_given_in_the_order_of_the_conditions() {
        readiness.require("storage", () -> List.of("disk low", "fsync failed"));
        readiness.gate("edge", "not up");

        assertThat(readiness.verdict().reasons())
                .containsExactly("storage: disk low", "storage: fsync failed", "edge: not up");
    }

    @Test
    void a_condition_that_throws_does_not_hold() {
        readiness.require("storage", () -> {
            throw new IllegalStateException("bug");
        });

        assertThat(readiness.verdict().reasons()).containsExactly("storage: could not be judged, see the log");
    }

    @Test
    void storage_that_refuses_writes_is_a_reason() {
        assertThat(StorageConditions.storage(new StorageHealth(true, false, List.of())))
                .isEmpty();
        assertThat(StorageConditions.storage(new StorageHealth(false, false, List.of("4 % of the disk is free"))))
                .containsExactly("4 % of the disk is free");
        assertThat(StorageConditions.storage(new StorageHealth(false, true, List.of())))
                .containsExactly("writes are refused");
    }

    @Test
    void broken_replicas_are_named_with_their_reason_and_the_rest_is_counted() {
        List<GroupStatus> groups = List.of(
                group("p-000", State.RUNNING, "", Optional.of("n1")),
                group("p-001", State.QUARANTINED, "log segment 3 is torn", Optional.empty()),
                group("p-002", State.CLOSED, "fsync failed", Optional.empty()),
                group("p-003", State.STARTING, "", Optional.empty()),
                group("p-004", State.INSTALLING, "", Optional.empty()),
                group("p-005", State.RUNNING, "", Optional.empty()));

        assertThat(StorageConditions.partitions(groups))
                .containsExactly(
                        "p-001 is quarantined (log segment 3 is torn)",
                        "p-002 is closed (fsync failed)",
                        "1 of 6 starting (p-003)",
                        "1 of 6 fetching a snapshot (p-004)",
                        "1 of 6 without a leader (p-005)");
    }

    @Test
    void a_reason_names_four_groups_and_no_more() {
        List<GroupStatus> groups = IntStream.range(0, 64)
                .mapToObj(number -> group("p-%03d".formatted(number), State.RUNNING, "", Optional.empty()))
                .toList();

        assertThat(StorageConditions.partitions(groups))
                .containsExactly("64 of 64 without a leader (p-000, p-001, p-002, p-003, …)");
    }

    private static GroupStatus group(String name, State state, String reason, Optional<String> leader) {
        return new GroupStatus(
                new GroupId(name),
                state,
                reason,
                Role.FOLLOWER,
                false,
                1,
                leader.map(NodeId::new),
                List.of(new NodeId("n1")),
                0,
                0,
                0,
                List.of());
    }
}
