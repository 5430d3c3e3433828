package dev.parley.node.system;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.Optional;

/// Finds the next step of a move from what the nodes say now, so that any leader of the `system` group can go
/// on where
/// another one stopped, and a step that was done twice does no harm.
///
/// The order keeps every acknowledged message on a majority of voters at all times: the newcomer is let in with
/// the
/// data, has caught up, and only then the leaver is let out.
public final class MoveSteps {
    private final Facts facts;
    private final Move move;
    private final GroupId group;

    private MoveSteps(Facts facts, Move move) {
        this.facts = facts;
        this.move = move;
        this.group = move.group();
    }

    /// The next step of a move.
    ///
    /// @param aborting whether to go back, where that is still possible
    public static MoveAction next(Facts facts, Move move, boolean aborting) {
        return new MoveSteps(facts, move).next(aborting);
    }

    private MoveAction next(boolean aborting) {
        Optional<Facts.Led> leader = facts.leader(group);
        if (leader.isEmpty()) {
            return new MoveAction.Await(move.step(), "no leader of " + group + " answers");
        }
        List<NodeId> voters = leader.get().status().replicas();
        boolean leaverIsOut =
                move.remove().filter(node -> !voters.contains(node)).isPresent();
        boolean nothingToTakeBack =
                move.remove().isEmpty() && move.add().filter(voters::contains).isPresent();
        return aborting && !leaverIsOut && !nothingToTakeBack ? back(leader.get()) : forward(leader.get());
    }

    private MoveAction forward(Facts.Led leader) {
        List<NodeId> voters = leader.status().replicas();
        if (move.add().isPresent()) {
            NodeId newcomer = move.add().get();
            if (!voters.contains(newcomer)) {
                return letIn(leader, newcomer);
            }
            if (lost(newcomer)) {
                // It votes and has nothing: out with it, and once more from the beginning.
                return letOut(leader, newcomer);
            }
            if (!facts.sound(leader, newcomer)) {
                String lag = facts.lag(leader, newcomer)
                        .map(entries -> entries + " entries behind")
                        .orElse("silent");
                return new MoveAction.Await(Move.Step.CATCHING_UP, newcomer + " is " + lag);
            }
        }
        if (move.remove().isPresent()) {
            NodeId leaver = move.remove().get();
            if (voters.contains(leaver)) {
                return letOut(leader, leaver);
            }
            if (holds(leaver)) {
                return new MoveAction.Retire(leaver);
            }
        }
        return new MoveAction.End(Move.Step.DONE);
    }

    private MoveAction letIn(Facts.Led leader, NodeId newcomer) {
        NodeReport report = facts.reports().get(newcomer);
        if (report == null) {
            return new MoveAction.Await(move.step(), "node " + newcomer + " does not answer");
        }
        Optional<GroupStatus.State> state = facts.state(newcomer, group);
        boolean started = state.filter(
                        known -> known != GroupStatus.State.CLOSED && known != GroupStatus.State.QUARANTINED)
                .isPresent();
        if (started) {
            return new MoveAction.AddVoter(leader.node(), newcomer);
        }
        if (report.freeBytes() < 2 * leader.bytes()) {
            return new MoveAction.Await(
                    Move.Step.PREPARING,
                    "node %s has %d MB free and needs %d MB"
                            .formatted(newcomer, report.freeBytes() >> 20, (leader.bytes() >> 19) + 1));
        }
        return new MoveAction.Prepare(newcomer);
    }

    private MoveAction letOut(Facts.Led leader, NodeId outgoing) {
        List<NodeId> staying = leader.status().replicas().stream()
                .filter(node -> !node.equals(outgoing))
                .toList();
        List<NodeId> sound =
                facts.soundVoters(leader).stream().filter(staying::contains).toList();
        if (sound.size() < staying.size() / 2 + 1) {
            return new MoveAction.Await(
                    Move.Step.REMOVING,
                    "without %s only %d of %d replicas would be sound"
                            .formatted(outgoing, sound.size(), staying.size()));
        }
        if (!leader.node().equals(outgoing)) {
            return new MoveAction.RemoveVoter(leader.node(), outgoing);
        }
        NodeId heir = move.add().filter(sound::contains).orElse(sound.getFirst());
        return new MoveAction.HandOver(leader.node(), heir);
    }

    private MoveAction back(Facts.Led leader) {
        if (move.add().isEmpty()) {
            return new MoveAction.End(Move.Step.UNDONE);
        }
        NodeId newcomer = move.add().get();
        if (leader.status().replicas().contains(newcomer)) {
            return letOut(leader, newcomer);
        }
        return holds(newcomer) ? new MoveAction.Retire(newcomer) : new MoveAction.End(Move.Step.UNDONE);
    }

    /// Whether the node answers, and says that it has no replica of the group.
    private boolean lost(NodeId node) {
        return facts.answers(node) && !holds(node);
    }

    /// Whether the node answers and has files of the group.
    private boolean holds(NodeId node) {
        return facts.state(node, group).isPresent();
    }
}
