package dev.parley.node.delivery;

import dev.parley.chat.ChatAnswer;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.ReplicatedGroups;
import dev.parley.raftstorage.table.TableReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// The deliveries of the partitions that this node leads, for its own sessions and for other nodes' gateways.
/// A position is a number that means the same on every replica, so who follows moves to a new leader without a
/// hole or
/// a repeat. Thread-safe.
public final class LocalDeliveries implements DeliverySource {

    private static final int BATCH_MAX = 512;
    private static final Duration ARCHIVE_READ_MAX = Duration.ofSeconds(10);

    /// How often a stream without deliveries looks whether this node still leads.
    private static final Duration LEADER_CHECK = Duration.ofMillis(500);

    private final NodeId self;
    private final LeaderBoard leaders;
    private final ReplicatedGroups<ChatAnswer> groups;
    private final DeliveryArchive archive;
    private final Map<GroupId, DeliveryRing> rings;
    private final UnreadableDeliveries unreadable = new UnreadableDeliveries();

    /// Reads the rings that the machines of the groups append to.
    ///
    /// @param rings one for each group with a replica here; a group may come later
    public LocalDeliveries(
            NodeId self,
            LeaderBoard leaders,
            ReplicatedGroups<ChatAnswer> groups,
            DeliveryArchive archive,
            Map<GroupId, DeliveryRing> rings) {
        this.self = self;
        this.leaders = leaders;
        this.groups = groups;
        this.archive = archive;
        this.rings = rings;
    }

    @Override
    public Stream open(NodeId leader, int partition, long afterNumber) throws Ended {
        GroupId group = Partitioning.group(partition);
        DeliveryRing ring = rings.get(group);
        if (ring == null) {
            throw new Ended(
                    "no replica of " + group + " on " + self,
                    leaders.standing(group).leader());
        }
        checkLeads(group);
        return new LocalStream(group, ring, begin(group, ring, afterNumber));
    }

    /// What is newer than a number in a partition that this node leads; does not wait for any. Not for the
    /// caller's
    /// event loop: what the ring no longer holds is read from the tables.
    ///
    /// @return in order, dense, at most `limit`; empty if there is nothing newer
    /// @throws Ended if this node does not lead the partition, or the deliveries behind the number are not kept
    public List<Delivery> newer(int partition, long afterNumber, int limit) throws Ended {
        GroupId group = Partitioning.group(partition);
        DeliveryRing ring = rings.get(group);
        checkLeads(group);
        if (ring == null) {
            throw new Ended("no replica of " + group + " on " + self, Optional.empty());
        }
        try {
            List<Delivery> found = switch (ring.after(afterNumber, 0, limit, Duration.ZERO)) {
                case DeliveryRing.Found.Here(List<Delivery> deliveries) -> deliveries;
                case DeliveryRing.Found.InArchive() -> archived(group, afterNumber + 1, Math.min(limit, BATCH_MAX));
                case DeliveryRing.Found.NotYet() ->
                    throw new Ended("the replica of " + group + " was replaced", Optional.empty());
            };
            if (!found.isEmpty() && found.getFirst().number() != afterNumber + 1) {
                throw new Ended("delivery " + (afterNumber + 1) + " of " + group + " is not kept", Optional.empty());
            }
            return found;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Ended("interrupted", Optional.empty());
        }
    }

    /// Number of the newest delivery of a partition that this replica has applied; 0 if there was none.
    public long newest(int partition) {
        DeliveryRing ring = rings.get(Partitioning.group(partition));
        return ring == null ? 0 : ring.newest();
    }

    /// The deliveries of a partition led here up to this number are noted in the lists of users; streams tell
    /// of it.
    public void noted(int partition, long throughNumber) {
        DeliveryRing ring = rings.get(Partitioning.group(partition));
        if (ring != null) {
            ring.noted(throughNumber);
        }
    }

    /// Deliveries that could not be read since the node started, by group. Each is counted once, however many
    /// read it.
    public Map<String, Double> unreadable() {
        return unreadable.counts();
    }

    private long begin(GroupId group, DeliveryRing ring, long afterNumber) throws Ended {
        long newest = ring.newest();
        if (afterNumber == NEWEST || afterNumber > newest) {
            return newest;
        }
        if (afterNumber == newest) {
            return afterNumber;
        }
        long first = archived(group, archive::firstRetained);
        return afterNumber + 1 >= first ? afterNumber : newest;
    }

    private void checkLeads(GroupId group) throws Ended {
        LeaderBoard.Standing standing = leaders.standing(group);
        if (!standing.servedBy(self)) {
            throw new Ended(self + " does not lead " + group, standing.leader().filter(node -> !node.equals(self)));
        }
    }

    private List<Delivery> archived(GroupId group, long fromNumber, int limit) throws Ended {
        List<Delivery> found = archived(group, tables -> archive.read(tables, fromNumber, limit));
        for (Delivery delivery : found) {
            if (delivery.event() instanceof Delivery.Unreadable(String reason)) {
                unreadable.found(group, delivery.number(), reason);
            }
        }
        return found;
    }

    private <T> T archived(GroupId group, Function<TableReader, T> reading) throws Ended {
        CompletableFuture<ReadOutcome<T>> outcome = groups.readStale(group, reading);
        try {
            return switch (outcome.get(ARCHIVE_READ_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                case ReadOutcome.Done<T>(T value) -> value;
                case ReadOutcome.NotLeader<T>(Optional<NodeId> leader) ->
                    throw new Ended(self + " has no replica of " + group, leader);
                case ReadOutcome.Unavailable<T>(String reason) -> throw new Ended(reason, Optional.empty());
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Ended("interrupted", Optional.empty());
        } catch (ExecutionException | TimeoutException e) {
            throw new Ended("the archive of " + group + " could not be read: " + e, Optional.empty());
        }
    }

    /// One reader's place in a partition.
    private final class LocalStream implements Stream {
        private final GroupId group;
        private final DeliveryRing ring;
        private final long position;
        private long last;
        private long toldNoted;
        private volatile boolean closed;

        LocalStream(GroupId group, DeliveryRing ring, long position) {
            this.group = group;
            this.ring = ring;
            this.position = position;
            this.last = position;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public Batch next() throws Ended {
            while (!closed) {
                checkLeads(group);
                List<Delivery> found = look();
                long noted = ring.notedThrough();
                if (!found.isEmpty() && found.getFirst().number() != last + 1) {
                    throw new Ended("delivery " + (last + 1) + " of " + group + " is no longer kept", Optional.empty());
                }
                if (!found.isEmpty() || noted > toldNoted) {
                    last = found.isEmpty() ? last : found.getLast().number();
                    toldNoted = noted;
                    return new Batch(found, noted);
                }
            }
            throw new Ended("closed", Optional.empty());
        }

        private List<Delivery> look() throws Ended {
            try {
                return switch (ring.after(last, toldNoted, BATCH_MAX, LEADER_CHECK)) {
                    case DeliveryRing.Found.Here(List<Delivery> deliveries) -> deliveries;
                    case DeliveryRing.Found.InArchive() -> archived(group, last + 1, BATCH_MAX);
                    case DeliveryRing.Found.NotYet() ->
                        throw new Ended("the replica of " + group + " was replaced", Optional.empty());
                };
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Ended("interrupted", Optional.empty());
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
