package dev.parley.raftstorage;

import java.util.List;
import java.util.Optional;

/// What became of a submitted batch, as a whole.
///
/// @param <A> the answer to one command
public sealed interface SubmitOutcome<A> {

    /// Committed by a majority and applied here; a rule's refusal is an answer too.
    record Applied<A>(List<A> answers, long logIndex) implements SubmitOutcome<A> {
        public Applied {
            answers = List.copyOf(answers);
        }
    }

    /// Can never be accepted as it is (over the size of an entry). Nothing happened.
    record Refused<A>(String reason) implements SubmitOutcome<A> {}

    /// This node does not lead the group. Nothing happened.
    record NotLeader<A>(Optional<NodeId> leader) implements SubmitOutcome<A> {}

    /// Could not be taken now. Nothing happened.
    record Unavailable<A>(Cause cause, String reason) implements SubmitOutcome<A> {}

    /// May have been or may yet be applied: retry only what is harmless twice.
    record Unknown<A>(String reason) implements SubmitOutcome<A> {}

    enum Cause {
        /// A bounded queue is full.
        OVERLOADED,
        /// The disk is nearly full; see [StorageLimits].
        DISK_LOW,
        /// The leader is elected but not ready, or stepping down.
        NOT_READY,
        /// The group is closed, quarantined or unknown on this node.
        CLOSED
    }
}
