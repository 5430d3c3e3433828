package dev.parley.raftstorage.memory;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SubmitOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One simulated Raft group: what may happen next, and what it does. Messages are not modelled; a step of
/// replication moves entries from the leader to a follower at once, if both are up and connected. What Raft
/// promises holds all the same: a leader has every committed entry, an entry of the leader's term commits when a
/// majority has it on disk.
///
/// Guarded by the cluster's lock.
final class MemoryGroup<A> {
    /// As many batches as one entry takes in a simulation, so that small runs meet merged and unmerged batches.
    private static final int MERGED_BATCHES_MAX = 4;

    final GroupId id;
    final Map<NodeId, Replica<A>> replicas = new TreeMap<>();
    private final World world;
    private long term;

    MemoryGroup(GroupId id, World world) {
        this.id = id;
        this.world = world;
    }

    /// Everything that could happen now, in an order that depends on nothing but the state.
    List<Runnable> possibleSteps() {
        List<Runnable> steps = new ArrayList<>();
        Replica<A> leader = leader();
        if (leader == null) {
            replicas.values().stream().filter(this::canWin).forEach(replica -> steps.add(() -> elect(replica)));
        }
        for (Replica<A> replica : replicas.values()) {
            if (!replica.alive) {
                continue;
            }
            if (replica.leads && replica.term < term && replica.connected) {
                steps.add(() -> stepDown(replica, leaderNode()));
            }
            if (replica.flushedIndex() < replica.lastIndex()) {
                steps.add(replica::flushLog);
            }
            if (replica.appliedIndex() < replica.commitIndex) {
                steps.add(() -> applyNext(replica));
            }
            if (replica.leads && ready(replica) && !replica.waiting.isEmpty()) {
                steps.add(() -> propose(replica));
            }
        }
        if (leader != null) {
            if (commitIndex(leader) > leader.commitIndex) {
                steps.add(() -> leader.commitIndex = commitIndex(leader));
            }
            replicas.values().stream()
                    .filter(follower -> needsReplication(leader, follower))
                    .forEach(follower -> steps.add(() -> replicate(leader, follower)));
        }
        return steps;
    }

    /// The replica that leads the newest term, if it is up and a majority can hear it.
    @Nullable
    Replica<A> leader() {
        return replicas.values().stream()
                .filter(replica -> replica.alive && replica.leads && replica.term == term && replica.connected)
                .filter(_ -> majorityReachable())
                .findFirst()
                .orElse(null);
    }

    boolean ready(Replica<A> replica) {
        return replica.leads && replica.appliedIndex() >= replica.readyIndex;
    }

    Leadership leadership(Replica<A> replica) {
        return new Leadership(replica.term, replica.knownLeader, ready(replica));
    }

    /// Makes a replica the leader of a new term, if a majority would vote for it.
    boolean elect(Replica<A> candidate) {
        if (!canWin(candidate)) {
            return false;
        }
        term++;
        for (Replica<A> replica : replicas.values()) {
            if (replica.alive && replica.connected) {
                if (replica.leads) {
                    stepDown(replica, Optional.of(candidate.node));
                }
                hear(replica, candidate.node);
            }
        }
        candidate.leads = true;
        candidate.readyIndex = candidate.lastIndex() + 1;
        candidate.append(new Entry(term, candidate.readyIndex, 0, 0, List.of()));
        candidate.stampMillis = 0;
        for (Replica<A> replica : replicas.values()) {
            if (replica.alive && replica.connected) {
                tell(replica);
            }
        }
        return true;
    }

    void submit(Replica<A> replica, Batch<A> batch) {
        replica.waiting.add(batch);
        replica.pendingBytes += batch.bytes();
    }

    /// Ends a leadership: what is not in the log did not happen, what is in the log may.
    void stepDown(Replica<A> replica, Optional<NodeId> successor) {
        replica.leads = false;
        replica.readyIndex = Long.MAX_VALUE;
        replica.knownLeader = successor;
        List<Batch<A>> waiting = List.copyOf(replica.waiting);
        List<Batch<A>> proposed =
                replica.proposed.values().stream().flatMap(List::stream).toList();
        clearCallers(replica);
        waiting.forEach(batch -> world.complete(batch, new SubmitOutcome.NotLeader<>(successor)));
        proposed.forEach(batch -> world.complete(batch, new SubmitOutcome.Unknown<>("leadership was lost")));
        tell(replica);
    }

    void crash(Replica<A> replica) {
        List<Batch<A>> open = new ArrayList<>(replica.waiting);
        replica.proposed.values().forEach(open::addAll);
        clearCallers(replica);
        replica.crash();
        open.forEach(batch -> world.complete(batch, new SubmitOutcome.Unknown<>("the node crashed")));
    }

    void restart(Replica<A> replica) {
        replica.knownLeader = Optional.empty();
        replica.restart();
    }

    /// Whether the replica may answer a linearizable read now.
    ReadPermit readPermit(Replica<A> replica) {
        if (!replica.alive) {
            return new ReadPermit.Failed("the node is down");
        }
        if (!replica.leads || replica.term < term) {
            return new ReadPermit.Elsewhere(replica.knownLeader);
        }
        if (!replica.connected || !majorityReachable()) {
            return new ReadPermit.Failed("no majority answers");
        }
        return ready(replica) && replica.appliedIndex() >= replica.commitIndex
                ? new ReadPermit.Granted()
                : new ReadPermit.Wait();
    }

    private void clearCallers(Replica<A> replica) {
        replica.waiting.clear();
        replica.proposed.clear();
        replica.pendingBytes = 0;
    }

    private void propose(Replica<A> leader) {
        List<Batch<A>> merged = new ArrayList<>();
        List<byte[]> commands = new ArrayList<>();
        int wanted = 1 + world.random().nextInt(MERGED_BATCHES_MAX);
        while (merged.size() < wanted && !leader.waiting.isEmpty()) {
            Batch<A> batch = leader.waiting.removeFirst();
            merged.add(batch);
            commands.addAll(batch.commands());
        }
        leader.stampMillis = Math.max(world.millis(), Math.max(leader.stampMillis, leader.appliedMillis()));
        long index = leader.lastIndex() + 1;
        leader.append(
                new Entry(leader.term, index, leader.stampMillis, world.random().nextLong(), commands));
        leader.proposed.put(index, merged);
    }

    private void replicate(Replica<A> leader, Replica<A> follower) {
        if (follower.leads) {
            stepDown(follower, Optional.of(leader.node));
        }
        boolean news = follower.term < leader.term || !follower.knownLeader.equals(Optional.of(leader.node));
        hear(follower, leader.node);
        long match = matchIndex(leader, follower);
        if (match < leader.durableIndex()) {
            follower.install(leader);
        } else if (match < leader.lastIndex()) {
            follower.truncateAfter(match);
            int count = 1 + world.random().nextInt(MERGED_BATCHES_MAX);
            for (long i = match + 1; i <= Math.min(leader.lastIndex(), match + count); i++) {
                follower.append(leader.entry(i));
            }
        }
        long known = Math.min(leader.commitIndex, matchIndex(leader, follower));
        follower.commitIndex = Math.max(follower.commitIndex, Math.min(known, follower.flushedIndex()));
        if (news) {
            tell(follower);
        }
    }

    private void applyNext(Replica<A> replica) {
        boolean wasReady = ready(replica);
        List<A> answers = replica.applyNext();
        List<Batch<A>> callers = replica.proposed.remove(replica.appliedIndex());
        if (callers != null) {
            int from = 0;
            for (Batch<A> batch : callers) {
                int to = from + batch.commands().size();
                replica.pendingBytes -= batch.bytes();
                world.complete(
                        batch,
                        world.losesReply()
                                ? new SubmitOutcome.Unknown<>("the reply was lost")
                                : new SubmitOutcome.Applied<>(answers.subList(from, to), replica.appliedIndex()));
                from = to;
            }
        }
        if (!wasReady && ready(replica)) {
            tell(replica);
        }
    }

    private void tell(Replica<A> replica) {
        world.leadershipChanged(id, replica.node, leadership(replica));
    }

    private void hear(Replica<A> replica, NodeId leader) {
        replica.term = term;
        replica.knownLeader = Optional.of(leader);
    }

    private boolean needsReplication(Replica<A> leader, Replica<A> follower) {
        if (follower == leader || !follower.alive || !follower.connected) {
            return false;
        }
        return follower.term < term
                || follower.knownLeader.isEmpty()
                || matchIndex(leader, follower) < leader.lastIndex()
                || follower.commitIndex < Math.min(leader.commitIndex, follower.flushedIndex());
    }

    /// The last index up to which both logs are the same; below the leader's durable index if it has dropped the
    /// entries.
    private long matchIndex(Replica<A> leader, Replica<A> follower) {
        long floor = Math.max(leader.durableIndex(), follower.durableIndex());
        long index = Math.min(leader.lastIndex(), follower.lastIndex());
        while (index >= floor && leader.termAt(index) != follower.termAt(index)) {
            index--;
        }
        return index;
    }

    /// The highest index of the leader's term that a majority has on disk.
    private long commitIndex(Replica<A> leader) {
        List<Long> flushed = replicas.values().stream()
                .filter(replica -> replica.alive && replica.connected && replica.term == leader.term)
                .map(replica -> Math.min(replica.flushedIndex(), matchIndex(leader, replica)))
                .sorted((one, other) -> Long.compare(other, one))
                .toList();
        if (flushed.size() < majority()) {
            return leader.commitIndex;
        }
        long index = flushed.get(majority() - 1);
        boolean ownTerm = index > leader.durableIndex() && leader.termAt(index) == leader.term;
        return ownTerm ? Math.max(index, leader.commitIndex) : leader.commitIndex;
    }

    private boolean canWin(Replica<A> candidate) {
        if (!candidate.alive || !candidate.connected) {
            return false;
        }
        long votes = replicas.values().stream()
                .filter(replica -> replica.alive && replica.connected)
                .filter(voter -> candidate.lastTerm() > voter.lastTerm()
                        || (candidate.lastTerm() == voter.lastTerm() && candidate.lastIndex() >= voter.lastIndex()))
                .count();
        return votes >= majority();
    }

    private boolean majorityReachable() {
        return replicas.values().stream()
                        .filter(replica -> replica.alive && replica.connected)
                        .count()
                >= majority();
    }

    private Optional<NodeId> leaderNode() {
        return Optional.ofNullable(leader()).map(replica -> replica.node);
    }

    private int majority() {
        return replicas.size() / 2 + 1;
    }

    /// What a group needs from its cluster.
    interface World {
        RandomGenerator random();

        long millis();

        /// Whether the answer that is about to be given gets lost on its way.
        boolean losesReply();

        <A> void complete(Batch<A> batch, SubmitOutcome<A> outcome);

        void leadershipChanged(GroupId group, NodeId node, Leadership leadership);
    }

    /// What one replica knows of who leads.
    record Leadership(long term, Optional<NodeId> leader, boolean ready) {}

    /// What a replica may say to a reader.
    sealed interface ReadPermit {
        record Granted() implements ReadPermit {}

        record Wait() implements ReadPermit {}

        record Elsewhere(Optional<NodeId> leader) implements ReadPermit {}

        record Failed(String reason) implements ReadPermit {}
    }
}
