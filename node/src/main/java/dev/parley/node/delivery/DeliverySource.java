package dev.parley.node.delivery;

import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.Optional;

/// The way to another node's deliveries.
public interface DeliverySource {

    /// Opens the deliveries of a partition behind a position, on the node that leads it.
    ///
    /// @param afterNumber the last number received; [#NEWEST] to begin at the newest
    /// @throws Ended if the node cannot be reached or does not lead the partition
    Stream open(NodeId leader, int partition, long afterNumber) throws Ended;

    long NEWEST = -1;

    /// Deliveries as they come. [#next] is for one thread, [#close] for any.
    interface Stream extends AutoCloseable {

        /// Where the stream begins: other than asked for when something in between is no longer kept.
        long position();

        /// What is next; blocks.
        ///
        /// @throws Ended if the leader changed, the link broke or the stream was closed
        Batch next() throws Ended;

        @Override
        void close();
    }

    /// What came next in a stream.
    ///
    /// @param deliveries in order; empty if only the lists of users know more than before
    /// @param notedThrough the deliveries up to this number are noted in the lists of users
    record Batch(List<Delivery> deliveries, long notedThrough) {
        public Batch {
            deliveries = List.copyOf(deliveries);
        }
    }

    /// The stream is over: find the leader and open it again behind the last number received.
    final class Ended extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Optional<NodeId> leader;

        public Ended(String message, Optional<NodeId> leader) {
            super(message);
            this.leader = leader;
        }

        /// Who leads now, if the other node knew.
        public Optional<NodeId> leader() {
            return leader;
        }
    }
}
