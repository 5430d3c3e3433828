package dev.parley.node.system;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.Optional;

/// One replica on its way: a node that gets one, a node that gives one up, or both.
///
/// @param step how far it was at last; what is done next follows from what the nodes say
/// @param note why it waits, for a person; empty if it does not
public record Move(GroupId group, Optional<NodeId> add, Optional<NodeId> remove, Step step, String note) {

    public enum Step {
        WAITING,
        /// The newcomer starts an empty replica that votes nowhere.
        PREPARING,
        /// It gets the data and is let in.
        ADDING,
        /// It votes, and still stores what the others have.
        CATCHING_UP,
        /// The leaver leads, and gives that to another.
        HANDING_OVER,
        /// The leaver is taken out of the voters.
        REMOVING,
        /// The leaver puts its files aside.
        RETIRING,
        DONE,
        /// Given up; the replicas are where they were.
        UNDONE;

        public boolean ended() {
            return this == DONE || this == UNDONE;
        }
    }

    /// A move that has not begun.
    public static Move waiting(GroupId group, Optional<NodeId> add, Optional<NodeId> remove) {
        return new Move(group, add, remove, Step.WAITING, "");
    }

    Move at(Step next, String why) {
        return new Move(group, add, remove, next, why);
    }

    public boolean underway() {
        return step != Step.WAITING && !step.ended();
    }

    /// Whether the node gets or gives up a replica by this.
    public boolean concerns(NodeId node) {
        return add.filter(node::equals).isPresent()
                || remove.filter(node::equals).isPresent();
    }

    /// Where the replicas are when it is done.
    public List<NodeId> after(List<NodeId> before) {
        List<NodeId> nodes = new java.util.ArrayList<>(before);
        remove.ifPresent(nodes::remove);
        add.filter(node -> !nodes.contains(node)).ifPresent(nodes::add);
        return List.copyOf(nodes);
    }
}
