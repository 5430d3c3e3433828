package dev.parley.node.scrub;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.time.Duration;

/// Replicas that can be asked what a range of their tables comes to. Thread-safe; blocks.
public interface DigestSource {

    /// A question.
    ///
    /// @param logIndex as the tables are after this entry
    /// @param bytesMax of the range
    record Question(GroupId group, long logIndex, TablePlace from, long bytesMax) {}

    /// What a replica says.
    sealed interface Answer {
        record At(RangeDigest range) implements Answer {}

        /// It cannot be read at that index.
        ///
        /// @param appliedIndex how far it is now
        record Missed(long appliedIndex, String reason) implements Answer {}

        /// The node does not answer, or has no such replica.
        record Silent(String reason) implements Answer {}
    }

    /// Asks one node.
    Answer ask(NodeId node, Question question);

    /// How long a replica may take to come to the index.
    Duration WAIT = Duration.ofSeconds(5);
}
