package dev.parley.node.system;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.Optional;

/// What is asked of the `system` group. Harmless twice.
public sealed interface ClusterCommand {

    /// The first content, made of the configuration by which the cluster was founded.
    record Found(ClusterState initial) implements ClusterCommand {}

    record AddToken(String hash, long expiresMillis) implements ClusterCommand {}

    /// A node comes with a token.
    record Join(NodeEntry node, String tokenHash) implements ClusterCommand {}

    /// A node says where it is and on which data directory it runs.
    record Introduce(NodeEntry node) implements ClusterCommand {}

    /// A node that was let in has been heard of.
    record Activate(NodeId node) implements ClusterCommand {}

    /// Begins a job.
    ///
    /// @param planned the version of the state that the moves were planned by
    record StartJob(Job.Kind kind, Optional<NodeId> node, List<Move> moves, long rateBytes, long planned)
            implements ClusterCommand {
        public StartJob {
            moves = List.copyOf(moves);
        }
    }

    record NoteStep(long job, GroupId group, Move.Step step, String note) implements ClusterCommand {}

    record ControlJob(long job, Control control) implements ClusterCommand {}

    /// All moves have ended, and what follows them is done.
    record EndJob(long job, String note) implements ClusterCommand {}

    /// A node that holds nothing leaves for good.
    record RemoveNode(NodeId node) implements ClusterCommand {}

    enum Control {
        PAUSE,
        RESUME,
        ABORT
    }
}
