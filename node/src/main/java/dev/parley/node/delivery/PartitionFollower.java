package dev.parley.node.delivery;

import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.placement.Replicas;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings one partition's deliveries to the live sessions of this node, from whoever leads it, in order and
/// without a
/// hole: after any break it goes on behind the last number it handed over. One virtual thread each.
public final class PartitionFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionFollower.class);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final int partition;
    private final GroupId group;
    private final LeaderBoard leaders;
    private final Sources sources;
    private final LiveSessions sessions;
    private final Worker worker;
    private long last = DeliverySource.NEWEST;
    private volatile boolean positioned;
    private volatile boolean closed;
    private volatile DeliverySource.@Nullable Stream stream;

    /// Where deliveries come from: this node's own replicas or other nodes.
    public record Sources(NodeId self, Replicas placement, DeliverySource local, DeliverySource remote) {

        /// A replica to ask while nobody is known to lead: a node without a replica hears of a leader only so.
        private Optional<NodeId> guess(int partition, int attempt) {
            List<NodeId> replicas = placement.replicas(partition);
            return replicas.isEmpty()
                    ? Optional.empty()
                    : Optional.of(replicas.get(attempt % replicas.size())).filter(node -> !node.equals(self));
        }

        private DeliverySource of(NodeId leader) {
            return leader.equals(self) ? local : remote;
        }
    }

    /// Starts to follow.
    public PartitionFollower(int partition, LeaderBoard leaders, Sources sources, LiveSessions sessions) {
        this.partition = partition;
        this.group = Partitioning.group(partition);
        this.leaders = leaders;
        this.sources = sources;
        this.sessions = sessions;
        // A stalled leader does not end its streams; news of another one does.
        leaders.onChange(group, this::closeStream);
        this.worker = Worker.start("follow-" + group, Worker.Kind.VIRTUAL, Fault.fatal(), this::run);
    }

    /// Whether live sessions get this partition's deliveries from now on.
    public boolean positioned() {
        return positioned;
    }

    @Override
    public void close() {
        closed = true;
        closeStream();
        worker.stop(Duration.ofSeconds(2));
    }

    private void run() throws InterruptedException {
        for (int guess = 0; !closed; guess++) {
            LeaderBoard.Standing standing = leaders.standing(group);
            Optional<NodeId> leader = standing.leader().isPresent()
                    ? standing.leader().filter(_ -> standing.ready())
                    : sources.guess(partition, guess);
            if (leader.isPresent()) {
                try {
                    follow(leader.get(), standing);
                } catch (DeliverySource.Ended e) {
                    LOG.debug("stream ended: group={} leader={} reason={}", group, leader.get(), e.getMessage());
                    learn(standing, leader.get(), e);
                }
            }
            pause(leaders.standing(group));
        }
    }

    private void follow(NodeId leader, LeaderBoard.Standing standing) throws DeliverySource.Ended {
        try (DeliverySource.Stream opened = sources.of(leader).open(leader, partition, last)) {
            stream = opened;
            if (standing.changed().isDone()) {
                return;
            }
            begin(opened.position());
            while (!closed) {
                DeliverySource.Batch batch = opened.next();
                for (Delivery delivery : batch.deliveries()) {
                    sessions.deliver(partition, delivery);
                    last = delivery.number();
                }
                sessions.noted(partition, batch.notedThrough());
            }
        } finally {
            stream = null;
        }
    }

    private void begin(long position) {
        if (!positioned || position != last) {
            if (positioned) {
                LOG.warn("deliveries missed: group={} last={} position={}", group, last, position);
            }
            last = position;
            sessions.missed(partition, position);
        }
        positioned = true;
    }

    private void learn(LeaderBoard.Standing standing, NodeId leader, DeliverySource.Ended ended) {
        ended.leader().ifPresent(other -> {
            if (!other.equals(leader) && !standing.changed().isDone()) {
                leaders.forget(group, standing);
                leaders.hint(group, other);
            }
        });
    }

    private void closeStream() {
        DeliverySource.Stream open = stream;
        if (open != null) {
            open.close();
        }
    }

    private static void pause(LeaderBoard.Standing standing) throws InterruptedException {
        try {
            standing.changed().get(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return; // Time to look again.
        } catch (ExecutionException e) {
            throw new IllegalStateException("news never fails", e.getCause());
        }
    }
}
