package dev.parley.node.system;

import dev.parley.raftstorage.NodeId;

/// What to do next for a move.
public sealed interface MoveAction {

    /// How far the move is then known to be.
    Move.Step step();

    /// Nothing now.
    record Await(Move.Step step, String why) implements MoveAction {}

    /// The newcomer starts an empty replica.
    record Prepare(NodeId node) implements MoveAction {
        @Override
        public Move.Step step() {
            return Move.Step.PREPARING;
        }
    }

    record AddVoter(NodeId leader, NodeId node) implements MoveAction {
        @Override
        public Move.Step step() {
            return Move.Step.ADDING;
        }
    }

    record HandOver(NodeId leader, NodeId to) implements MoveAction {
        @Override
        public Move.Step step() {
            return Move.Step.HANDING_OVER;
        }
    }

    record RemoveVoter(NodeId leader, NodeId node) implements MoveAction {
        @Override
        public Move.Step step() {
            return Move.Step.REMOVING;
        }
    }

    record Retire(NodeId node) implements MoveAction {
        @Override
        public Move.Step step() {
            return Move.Step.RETIRING;
        }
    }

    /// The move has ended.
    record End(Move.Step step) implements MoveAction {}
}
