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

        /// The next deliveries, in order; blocks.
        ///
        /// @throws Ended if the leader changed, the link broke or the stream was closed
        List<Delivery> next() throws Ended;

        @Override
        void close();
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
