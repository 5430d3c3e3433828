package dev.parley.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.placement.Placement;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartitionFollowerTest {

    private static final NodeId SELF = new NodeId("n1");
    private static final NodeId OTHER = new NodeId("n2");
    private static final NodeId THIRD = new NodeId("n3");
    private static final GroupId GROUP = Partitioning.group(0);

    private final LeaderBoard leaders = new LeaderBoard(SELF);
    private final Nodes nodes = new Nodes();
    private final Seen seen = new Seen();
    private final PartitionFollower follower = new PartitionFollower(
            0,
            leaders,
            new PartitionFollower.Sources(
                    SELF, new Placement(new Partitioning(1), List.of(SELF, OTHER, THIRD), 3), nodes, nodes),
            seen);

    @AfterEach
    void close() {
        follower.close();
    }

    @Test
    void a_change_of_leader_makes_neither_hole_nor_repeat() {
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);
        nodes.commit(1, 40);
        awaitNumbers(LongStream.rangeClosed(1, 40));

        nodes.silence(OTHER);
        nodes.commit(41, 60);
        leaders.leadershipChanged(GROUP, 2, Optional.of(THIRD), false);
        awaitNumbers(LongStream.rangeClosed(1, 60));

        leaders.leadershipChanged(GROUP, 3, Optional.of(SELF), true);
        nodes.commit(61, 70);
        awaitNumbers(LongStream.rangeClosed(1, 70));
        assertThat(seen.missed)
                .as("only the first position, before any session")
                .hasSize(1);
    }

    @Test
    void a_broken_link_goes_on_where_it_broke() {
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);
        for (int i = 0; i < 5; i++) {
            nodes.commit(i * 10L + 1, i * 10L + 10);
            awaitNumbers(LongStream.rangeClosed(1, i * 10L + 10));
            nodes.breakLinks();
        }
        nodes.commit(51, 60);

        awaitNumbers(LongStream.rangeClosed(1, 60));
        assertThat(seen.missed).hasSize(1);
    }

    @Test
    void what_is_no_longer_kept_makes_the_sessions_resume() {
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);
        nodes.commit(1, 10);
        awaitNumbers(LongStream.rangeClosed(1, 10));

        nodes.silence(OTHER);
        nodes.commit(11, 500);
        nodes.forgetUpTo(400);
        leaders.leadershipChanged(GROUP, 2, Optional.of(THIRD), false);
        await().until(() -> seen.missed.size() == 2);
        nodes.commit(501, 502);

        await().until(() -> seen.numbers().contains(502L));
        assertThat(seen.numbers()).endsWith(501L, 502L).doesNotContain(11L, 450L);
    }

    @Test
    void a_hint_from_a_node_that_no_longer_leads_is_followed() {
        nodes.notLeading.put(OTHER, THIRD);
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);
        nodes.commit(1, 3);

        await().until(follower::positioned);
        nodes.commit(4, 5);
        await().until(() -> seen.numbers().contains(5L));
    }

    private void awaitNumbers(LongStream expected) {
        List<Long> numbers = expected.boxed().toList();
        await().atMost(Duration.ofSeconds(10)).until(() -> seen.numbers().size() >= numbers.size());
        assertThat(seen.numbers()).isEqualTo(numbers);
    }

    /// What the sessions were handed.
    private static final class Seen implements LiveSessions {
        private final List<Delivery> delivered = new CopyOnWriteArrayList<>();
        private final List<Integer> missed = new CopyOnWriteArrayList<>();
        private final AtomicLong noted = new AtomicLong();

        @Override
        public void deliver(int partition, Delivery delivery) {
            delivered.add(delivery);
        }

        @Override
        public void noted(int partition, long throughNumber) {
            noted.set(throughNumber);
        }

        @Override
        public void missed(int partition, long position) {
            missed.add(partition);
        }

        List<Long> numbers() {
            return delivered.stream().map(Delivery::number).toList();
        }
    }

    /// Twin of the nodes: one committed sequence that each of them serves, unless silent or not leading.
    private static final class Nodes implements DeliverySource {
        private final List<Delivery> committed = new ArrayList<>();
        private final List<MemoryStream> open = new ArrayList<>();
        private final Map<NodeId, NodeId> notLeading = new ConcurrentHashMap<>();
        private NodeId silent = new NodeId("nobody");
        private long forgotten;

        synchronized void commit(long from, long to) {
            List<Delivery> deliveries = Deliveries.texts(from, to, "text");
            committed.addAll(deliveries);
            open.stream().filter(stream -> !stream.node.equals(silent)).forEach(stream -> stream.queue.add(deliveries));
        }

        synchronized void silence(NodeId node) {
            silent = node;
        }

        synchronized void breakLinks() {
            open.forEach(MemoryStream::close);
            open.clear();
        }

        synchronized void forgetUpTo(long number) {
            forgotten = number;
        }

        @Override
        public synchronized Stream open(NodeId leader, int partition, long afterNumber) throws Ended {
            if (notLeading.containsKey(leader)) {
                throw new Ended("not leading", Optional.of(notLeading.get(leader)));
            }
            if (leader.equals(silent)) {
                throw new Ended("unreachable", Optional.empty());
            }
            long newest = committed.isEmpty() ? 0 : committed.getLast().number();
            boolean gone = afterNumber == NEWEST || afterNumber < forgotten;
            // The very first position is the beginning, so that tests may commit before or after.
            long position = afterNumber == NEWEST && forgotten == 0 ? 0 : gone ? newest : afterNumber;
            MemoryStream stream = new MemoryStream(leader, position);
            List<Delivery> behind =
                    committed.stream().filter(d -> d.number() > position).toList();
            if (!behind.isEmpty()) {
                stream.queue.add(behind);
            }
            open.add(stream);
            return stream;
        }
    }

    private static final class MemoryStream implements DeliverySource.Stream {
        private static final List<Delivery> END = List.of();
        private final NodeId node;
        private final long position;
        private final LinkedBlockingQueue<List<Delivery>> queue = new LinkedBlockingQueue<>();

        MemoryStream(NodeId node, long position) {
            this.node = node;
            this.position = position;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public DeliverySource.Batch next() throws DeliverySource.Ended {
            try {
                List<Delivery> next = queue.take();
                if (next.isEmpty()) {
                    throw new DeliverySource.Ended("closed", Optional.empty());
                }
                return new DeliverySource.Batch(next, next.getLast().number());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DeliverySource.Ended("interrupted", Optional.empty());
            }
        }

        @Override
        public void close() {
            queue.add(END);
        }
    }
}
