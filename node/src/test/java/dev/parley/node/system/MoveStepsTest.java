package dev.parley.node.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.node.placement.Partitioning;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Moves of one group in a fleet whose nodes come and go and whose coordinators forget what they ordered.
/// Whatever
/// happens, a majority of the voters has the data, and the move comes to its end.
class MoveStepsTest {
    private static final GroupId GROUP = Partitioning.group(0);
    private static final List<NodeId> NODES =
            List.of(new NodeId("n1"), new NodeId("n2"), new NodeId("n3"), new NodeId("n4"));
    private static final Move MOVE = Move.waiting(GROUP, Optional.of(NODES.get(3)), Optional.of(NODES.getFirst()));

    @Test
    void a_move_takes_the_safe_order_when_nothing_happens() {
        Simulation simulation = new Simulation(new SplittableRandom(1), 0);
        List<Move.Step> steps = new ArrayList<>();
        while (!simulation.move.step().ended()) {
            simulation.turn(false);
            if (steps.isEmpty() || steps.getLast() != simulation.move.step()) {
                steps.add(simulation.move.step());
            }
        }

        assertThat(steps)
                .containsExactly(
                        Move.Step.PREPARING,
                        Move.Step.ADDING,
                        Move.Step.CATCHING_UP,
                        Move.Step.HANDING_OVER,
                        Move.Step.REMOVING,
                        Move.Step.RETIRING,
                        Move.Step.DONE);
        assertThat(simulation.voters).containsExactly(NODES.get(1), NODES.get(2), NODES.get(3));
    }

    @Test
    void a_move_comes_to_its_end_whatever_dies_in_between() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 500; round++) {
            Simulation simulation = new Simulation(random.split(), 300);
            int abortAt = random.nextInt(2) == 0 ? random.nextInt(40) : Integer.MAX_VALUE;
            for (int turn = 0; turn < 2_000 && !simulation.move.step().ended(); turn++) {
                simulation.turn(turn >= abortAt);
                simulation.checkInvariants(seed);
                if (turn > 200) {
                    simulation.calm();
                }
            }

            assertThat(simulation.move.step().ended())
                    .as("seed %d: %s", seed, simulation)
                    .isTrue();
            Set<NodeId> expected = simulation.move.step() == Move.Step.DONE
                    ? Set.of(NODES.get(1), NODES.get(2), NODES.get(3))
                    : Set.of(NODES.get(0), NODES.get(1), NODES.get(2));
            assertThat(simulation.voters).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void the_leaver_stays_while_too_few_of_the_others_are_sound() {
        Simulation simulation = new Simulation(new SplittableRandom(1), 0);
        simulation.voters.remove(NODES.get(3));
        simulation.up.remove(NODES.get(1));
        simulation.up.remove(NODES.get(2));
        Move drain = Move.waiting(GROUP, Optional.empty(), Optional.of(NODES.getFirst()));

        MoveAction action = MoveSteps.next(simulation.facts(), drain, false);

        assertThat(action).isInstanceOf(MoveAction.Await.class);
    }

    @Test
    void a_node_without_room_gets_nothing() {
        Simulation simulation = new Simulation(new SplittableRandom(1), 0);
        simulation.freeBytes = 1;

        assertThat(MoveSteps.next(simulation.facts(), MOVE, false))
                .isInstanceOfSatisfying(
                        MoveAction.Await.class, wait -> assertThat(wait.why()).contains("MB free"));
    }

    /// One group: who votes, who has which data, who is up.
    private static final class Simulation {
        private final SplittableRandom random;
        private final TreeSet<NodeId> voters = new TreeSet<>(NODES.subList(0, 3));
        private final Map<NodeId, Integer> data = new TreeMap<>();
        private final TreeSet<NodeId> up = new TreeSet<>(NODES);
        private int troublePerMille;
        private int written = 10_000;
        private long freeBytes = 1L << 40;
        private NodeId leader = NODES.getFirst();
        private Move move = MOVE;

        Simulation(SplittableRandom random, int troublePerMille) {
            this.random = random;
            this.troublePerMille = troublePerMille;
            voters.forEach(node -> data.put(node, written));
        }

        void calm() {
            troublePerMille = 0;
            up.addAll(NODES);
        }

        void turn(boolean aborting) {
            trouble();
            replicate();
            MoveAction action = MoveSteps.next(facts(), move, aborting);
            if (random.nextInt(1000) < troublePerMille) {
                return; // the coordinator dies before it does anything
            }
            move = move.at(action.step(), "");
            if (random.nextInt(1000) >= troublePerMille) {
                carryOut(action);
            }
        }

        private void trouble() {
            if (random.nextInt(1000) < troublePerMille) {
                NodeId node = NODES.get(random.nextInt(NODES.size()));
                if (!up.remove(node)) {
                    up.add(node);
                }
            }
            if (!up.contains(leader) && majority(voters)) {
                // Only who has everything is elected.
                leader = voters.stream()
                        .filter(node -> up.contains(node) && data.getOrDefault(node, 0) == written)
                        .findFirst()
                        .orElse(leader);
            }
        }

        private void replicate() {
            if (!up.contains(leader) || !majority(voters)) {
                return;
            }
            List<NodeId> current = voters.stream()
                    .filter(node -> up.contains(node) && data.containsKey(node))
                    .toList();
            if (current.size() > voters.size() / 2) {
                current.forEach(node -> data.put(
                        node,
                        node.equals(NODES.get(3)) ? Math.min(written, data.getOrDefault(node, 0) + 4_000) : written));
            }
        }

        private boolean majority(Set<NodeId> of) {
            return of.stream().filter(up::contains).count() > of.size() / 2;
        }

        private void carryOut(MoveAction action) {
            switch (action) {
                case MoveAction.Await _, MoveAction.End _ -> {}
                case MoveAction.Prepare(NodeId node) -> {
                    assertThat(voters)
                            .as("an empty replica starts where none votes")
                            .doesNotContain(node);
                    data.putIfAbsent(node, 0);
                }
                case MoveAction.AddVoter(NodeId _, NodeId node) -> {
                    if (majority(voters) && up.contains(node) && data.containsKey(node)) {
                        data.merge(node, 4_000, (have, more) -> Math.min(written, have + more));
                        voters.add(node);
                    }
                }
                case MoveAction.HandOver(NodeId _, NodeId to) -> {
                    if (up.contains(to) && data.getOrDefault(to, 0) == written) {
                        leader = to;
                    }
                }
                case MoveAction.RemoveVoter(NodeId by, NodeId node) -> {
                    assertThat(by).isNotEqualTo(node);
                    if (majority(voters)) {
                        voters.remove(node);
                    }
                }
                case MoveAction.Retire(NodeId node) -> {
                    assertThat(voters).as("only who votes no more forgets").doesNotContain(node);
                    if (up.contains(node)) {
                        data.remove(node);
                    }
                }
            }
        }

        void checkInvariants(long seed) {
            long whole = voters.stream()
                    .filter(node -> data.getOrDefault(node, 0) == written)
                    .count();
            assertThat(whole)
                    .as("seed %d: voters with everything in %s", seed, this)
                    .isGreaterThan(voters.size() / 2);
        }

        Facts facts() {
            Map<NodeId, NodeReport> reports = new HashMap<>();
            for (NodeId node : up) {
                List<NodeReport.Replica> replicas =
                        data.containsKey(node) ? List.of(new NodeReport.Replica(status(node), 1L << 20)) : List.of();
                reports.put(node, new NodeReport(node, true, freeBytes, replicas));
            }
            return new Facts(reports);
        }

        private GroupStatus status(NodeId node) {
            boolean leads = node.equals(leader) && majority(voters) && voters.contains(node);
            List<GroupStatus.Follower> followers = voters.stream()
                    .filter(voter -> !voter.equals(node))
                    .map(voter -> new GroupStatus.Follower(
                            voter, data.getOrDefault(voter, 0), up.contains(voter) ? 10 : 60_000))
                    .toList();
            return new GroupStatus(
                    GROUP,
                    GroupStatus.State.RUNNING,
                    "",
                    leads ? GroupStatus.Role.LEADER : GroupStatus.Role.FOLLOWER,
                    leads,
                    1,
                    Optional.of(leader),
                    List.copyOf(voters),
                    written,
                    data.getOrDefault(node, 0),
                    0,
                    leads ? followers : List.of());
        }

        @Override
        public String toString() {
            return "voters " + voters + ", data " + data + ", up " + up + ", leader " + leader + ", move " + move;
        }
    }
}
