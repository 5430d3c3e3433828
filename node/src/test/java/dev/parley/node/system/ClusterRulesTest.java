package dev.parley.node.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.node.placement.Partitioning;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterRulesTest {
    private static final NodeId N1 = new NodeId("n1");
    private static final NodeId N3 = new NodeId("n3");
    private static final NodeId N4 = new NodeId("n4");
    private static final GroupId GROUP = Partitioning.group(0);
    private static final String TOKEN = JoinToken.hash("parley-join-something");
    private static final long NOW = 1_000_000;

    private ClusterState state = Clusters.of(4, 3, 2);

    @Test
    void a_token_lets_one_node_in_once() {
        done(new ClusterCommand.AddToken(TOKEN, NOW + 1_000));
        NodeEntry fifth = Clusters.node(5, "", NodeEntry.State.JOINING);
        done(new ClusterCommand.Join(fifth, TOKEN));
        assertThat(state.node(fifth.id())).contains(fifth);

        done(new ClusterCommand.Join(fifth, TOKEN)); // the answer was lost, it asks again

        NodeEntry sixth = Clusters.node(6, "", NodeEntry.State.JOINING);
        assertThat(refused(new ClusterCommand.Join(sixth, TOKEN))).contains("was used by node n5");
    }

    @Test
    void an_unknown_or_expired_token_lets_nobody_in() {
        NodeEntry fifth = Clusters.node(5, "", NodeEntry.State.JOINING);
        assertThat(refused(new ClusterCommand.Join(fifth, TOKEN))).contains("not known");

        done(new ClusterCommand.AddToken(TOKEN, NOW));

        assertThat(refused(new ClusterCommand.Join(fifth, TOKEN))).contains("expired");
    }

    @Test
    void a_node_with_an_address_that_is_taken_is_not_let_in() {
        done(new ClusterCommand.AddToken(TOKEN, NOW + 1_000));
        NodeEntry thief = new NodeEntry(
                new NodeId("n5"),
                Clusters.node(1, "", NodeEntry.State.JOINING).address(),
                "",
                NodeEntry.State.JOINING,
                "x");

        assertThat(refused(new ClusterCommand.Join(thief, TOKEN))).contains("node n1 has the address");
    }

    @Test
    void a_second_administrator_is_told_of_the_first_ones_job() {
        long planned = state.version();
        done(move(planned));

        assertThat(refused(move(planned))).contains("job 1 (move) has not ended");
        assertThat(refused(move(state.version()))).contains("job 1 (move) has not ended");
    }

    @Test
    void a_plan_for_another_state_is_refused() {
        long planned = state.version();
        done(new ClusterCommand.AddToken(TOKEN, NOW + 1));

        assertThat(refused(move(planned))).contains("changed since this was planned");
    }

    @Test
    void the_placement_changes_when_the_move_is_done_and_not_before() {
        done(move(state.version()));
        for (Move.Step step : List.of(Move.Step.PREPARING, Move.Step.ADDING, Move.Step.REMOVING, Move.Step.RETIRING)) {
            done(new ClusterCommand.NoteStep(1, GROUP, step, ""));
            assertThat(state.replicas(GROUP)).contains(N3).doesNotContain(N4);
        }
        assertThat(refused(new ClusterCommand.EndJob(1, ""))).contains("have not ended");

        done(new ClusterCommand.NoteStep(1, GROUP, Move.Step.DONE, ""));

        assertThat(state.replicas(GROUP)).contains(N4).doesNotContain(N3).hasSize(3);
        done(new ClusterCommand.EndJob(1, "fine"));
        assertThat(state.openJob()).isEmpty();
    }

    @Test
    void an_aborted_job_undoes_what_has_not_begun_and_a_drained_node_is_active_again() {
        List<Move> moves = Planner.drain(state, N1);
        done(new ClusterCommand.StartJob(Job.Kind.DRAIN, Optional.of(N1), moves, 0, state.version()));
        assertThat(state.node(N1).orElseThrow().state()).isEqualTo(NodeEntry.State.DRAINING);
        done(new ClusterCommand.NoteStep(1, GROUP, Move.Step.ADDING, ""));

        done(new ClusterCommand.ControlJob(1, ClusterCommand.Control.ABORT));

        Job job = state.openJob().orElseThrow();
        assertThat(job.moves().stream().filter(move -> !move.step().ended()))
                .singleElement()
                .satisfies(move -> assertThat(move.group()).isEqualTo(GROUP));
        assertThat(refused(new ClusterCommand.ControlJob(1, ClusterCommand.Control.RESUME)))
                .contains("being aborted");
        done(new ClusterCommand.NoteStep(1, GROUP, Move.Step.UNDONE, ""));
        done(new ClusterCommand.EndJob(1, ""));
        assertThat(state.node(N1).orElseThrow().state()).isEqualTo(NodeEntry.State.ACTIVE);
        assertThat(state.replicas(GROUP)).contains(N1);
    }

    @Test
    void the_last_replica_is_not_taken_away() {
        state = Clusters.of(1, 1, 2);
        List<Move> moves = Planner.drain(state, N1);

        assertThat(refused(new ClusterCommand.StartJob(Job.Kind.DRAIN, Optional.of(N1), moves, 0, state.version())))
                .contains("the last replica of");
    }

    @Test
    void a_node_that_holds_replicas_is_not_removed() {
        assertThat(refused(new ClusterCommand.RemoveNode(N1))).contains("drain it first");

        done(new ClusterCommand.RemoveNode(N4));

        assertThat(state.node(N4).orElseThrow().state()).isEqualTo(NodeEntry.State.REMOVED);
        assertThat(refused(new ClusterCommand.Introduce(Clusters.node(4, "", NodeEntry.State.ACTIVE))))
                .contains("joins with a token");
    }

    private static ClusterCommand move(long planned) {
        Move move = Move.waiting(GROUP, Optional.of(N4), Optional.of(N3));
        return new ClusterCommand.StartJob(Job.Kind.MOVE, Optional.empty(), List.of(move), 0, planned);
    }

    private void done(ClusterCommand command) {
        ClusterRules.Decision decision = ClusterRules.decide(state, command, NOW);
        assertThat(decision.answer()).isInstanceOf(ClusterAnswer.Done.class);
        state = decision.state();
    }

    private String refused(ClusterCommand command) {
        ClusterRules.Decision decision = ClusterRules.decide(state, command, NOW);
        assertThat(decision.state()).isEqualTo(state);
        return ((ClusterAnswer.Refused) decision.answer()).why();
    }
}
