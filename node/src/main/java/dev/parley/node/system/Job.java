package dev.parley.node.system;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.Optional;

/// Moves that belong together. At most one job has not ended: the lock against two administrators.
///
/// @param node the one that is drained
/// @param rateBytes of checkpoints a second, to each node; 0 for no limit
/// @param note why it ended so, for a person
public record Job(
        long number,
        Kind kind,
        State state,
        Optional<NodeId> node,
        long rateBytes,
        List<Move> moves,
        long startedMillis,
        long endedMillis,
        String note) {

    public Job {
        moves = List.copyOf(moves);
    }

    public enum Kind {
        /// More replicas, because there are more nodes; begins by itself.
        RAISE,
        REBALANCE,
        DRAIN,
        /// One replica, as an administrator said.
        MOVE,
        /// A replica that differs from the others goes; [#RAISE] then fetches a new one.
        REPAIR
    }

    public enum State {
        RUNNING,
        PAUSED,
        /// Moves that began are undone, or finished if it is too late for that.
        ABORTING,
        DONE,
        ABORTED;

        public boolean ended() {
            return this == DONE || this == ABORTED;
        }
    }

    /// The move of a group that has not ended.
    public Optional<Move> open(GroupId group) {
        return moves.stream()
                .filter(move -> move.group().equals(group) && !move.step().ended())
                .findFirst();
    }

    public boolean allEnded() {
        return moves.stream().allMatch(move -> move.step().ended());
    }

    Job in(State next, long endedAt, String why) {
        return new Job(number, kind, next, node, rateBytes, moves, startedMillis, endedAt, why);
    }

    Job with(List<Move> changed) {
        return new Job(number, kind, state, node, rateBytes, changed, startedMillis, endedMillis, note);
    }
}
