package dev.parley.node.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.node.placement.Partitioning;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final NodeId N1 = new NodeId("n1");
    private static final NodeId N3 = new NodeId("n3");

    @Test
    void replication_rises_by_one_for_each_group_and_evenly() {
        ClusterState one = Clusters.of(3, 1, 16);

        List<Move> first = Planner.raise(one, Set.of(N1, new NodeId("n2"), N3));

        assertThat(first).hasSize(17).allMatch(move -> move.remove().isEmpty());
        Map<NodeId, Integer> loads = Planner.loads(one, first);
        assertThat(Math.abs(loads.getOrDefault(new NodeId("n2"), 0) - loads.getOrDefault(N3, 0)))
                .isLessThanOrEqualTo(1);
        ClusterState two = Clusters.after(one, first);
        ClusterState three = Clusters.after(two, Planner.raise(two, Set.of(N1, new NodeId("n2"), N3)));
        assertThat(three.placement().values()).allMatch(replicas -> new HashSet<>(replicas).size() == 3);
        assertThat(Planner.raise(three, Set.of(N1, new NodeId("n2"), N3))).isEmpty();
    }

    @Test
    void a_node_that_does_not_answer_gets_nothing() {
        ClusterState one = Clusters.of(2, 1, 4);

        assertThat(Planner.raise(one, Set.of(N1))).isEmpty();
    }

    @Test
    void rebalancing_evens_out_the_replicas_and_then_has_nothing_to_do() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 50; round++) {
            int nodes = random.nextInt(4, 9);
            ClusterState state = Clusters.of(nodes, random.nextInt(3, nodes), random.nextInt(1, 65));

            ClusterState now = state;
            for (int pass = 0; pass < 4; pass++) {
                now = Clusters.after(now, Planner.rebalance(now));
            }

            Map<NodeId, Integer> loads = Planner.loads(now, List.of());
            int most = loads.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
            int least =
                    loads.values().stream().mapToInt(Integer::intValue).min().orElseThrow();
            assertThat(most - least).as("seed %d: %s", seed, loads).isLessThanOrEqualTo(1);
            assertThat(now.placement().values())
                    .as("seed %d", seed)
                    .allMatch(replicas -> new HashSet<>(replicas).size() == 3);
            assertThat(Planner.rebalance(now)).as("seed %d", seed).isEmpty();
        }
    }

    @Test
    void replicas_of_a_group_go_to_different_zones() {
        ClusterState state = Clusters.of(5, 3, 8, "a", "a", "b", "c", "c");

        ClusterState now = state;
        for (int pass = 0; pass < 4; pass++) {
            now = Clusters.after(now, Planner.rebalance(now));
        }

        for (List<NodeId> replicas : now.placement().values()) {
            Set<String> zones = new HashSet<>();
            for (NodeId node : replicas) {
                zones.add(now.node(node).orElseThrow().zone());
            }
            assertThat(zones).as("%s", replicas).hasSize(3);
        }
    }

    @Test
    void draining_moves_every_replica_to_a_node_that_has_none_of_the_group() {
        ClusterState state = Clusters.of(5, 5, 16);

        List<Move> moves = Planner.drain(state, N3);

        assertThat(moves)
                .hasSize(state.held(N3).size())
                .allMatch(move -> move.add().isPresent());
        ClusterState after = Clusters.after(state, moves);
        assertThat(after.held(N3)).isEmpty();
        assertThat(after.placement().values()).allMatch(replicas -> new HashSet<>(replicas).size() == 3);
    }

    @Test
    void draining_one_of_three_leaves_two_replicas() {
        ClusterState state = Clusters.of(3, 3, 4);

        assertThat(Planner.drain(state, N3))
                .hasSize(5)
                .allMatch(move -> move.add().isEmpty());
    }

    @Test
    void leaders_are_spread() {
        ClusterState state = Clusters.of(3, 3, 16);
        Map<GroupId, NodeId> leaders = new HashMap<>();
        state.placement().keySet().forEach(group -> leaders.put(group, N1));

        for (Planner.Transfer transfer : Planner.leaders(state, leaders)) {
            assertThat(state.replicas(transfer.group())).contains(transfer.to());
            leaders.put(transfer.group(), transfer.to());
        }

        Map<NodeId, Integer> led = new HashMap<>();
        leaders.values().forEach(node -> led.merge(node, 1, Integer::sum));
        assertThat(led.values()).allMatch(count -> count == 5 || count == 6);
        assertThat(leaders).containsKey(Partitioning.SYSTEM);
    }
}
