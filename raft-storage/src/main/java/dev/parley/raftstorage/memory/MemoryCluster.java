package dev.parley.raftstorage.memory;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SubmitOutcome;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Several simulated nodes with their groups, driven step by step by a seed: nothing happens between two calls of
/// [#step()], and the same seed with the same calls always gives the same run.
///
/// No threads and no real clock. One lock guards everything, so that several threads may use a cluster that settles
/// by itself ([MemoryGroups#single]); a simulation uses one thread. Callers' futures complete outside the lock.
public final class MemoryCluster<A> {
    /// Steps after which a cluster that has not come to rest never will: a fault of the model, not of its user.
    private static final int SETTLE_STEPS_MAX = 1_000_000;

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final ReentrantLock lock = new ReentrantLock();
    final MemorySettings<A> settings;
    private final Random random;
    private final Clock clock;
    private final boolean settlesItself;
    private final Map<String, MemoryGroup<A>> groups = new TreeMap<>();
    private final Map<NodeId, MemoryGroups<A>> nodes = new TreeMap<>();
    private final Queue<Runnable> notices = new ArrayDeque<>();
    private final MemoryGroup.World world = new ClusterWorld();
    private long elapsedMillis;
    private boolean settling;
    private boolean noticing;

    public MemoryCluster(MemorySettings<A> settings) {
        this(settings, null);
    }

    /// @param realClock time of a cluster that settles by itself after each call, or null for a simulation
    MemoryCluster(MemorySettings<A> settings, @Nullable Clock realClock) {
        this.settings = settings;
        this.random = new Random(settings.seed());
        this.settlesItself = realClock != null;
        this.clock = realClock != null ? realClock : new SimulatedClock();
        TreeSet<NodeId> names = new TreeSet<>();
        settings.groups().forEach((id, members) -> {
            MemoryGroup<A> group = new MemoryGroup<>(id, world);
            for (NodeId member : members) {
                group.replicas.put(
                        member, new Replica<>(member, () -> settings.machines().create(member, id)));
            }
            groups.put(id.name(), group);
            names.addAll(members);
        });
        names.forEach(name -> nodes.put(name, new MemoryGroups<>(this, name)));
        afterCall();
    }

    /// The groups as one node sees them.
    public MemoryGroups<A> node(NodeId node) {
        MemoryGroups<A> found = nodes.get(node);
        if (found == null) {
            throw new IllegalArgumentException("no such node: " + node);
        }
        return found;
    }

    /// The simulated time; moves with the steps.
    public Clock clock() {
        return clock;
    }

    /// Lets one thing happen, chosen by the seed: a fault or the next piece of work.
    ///
    /// @return false if there was nothing left to do
    public boolean step() {
        boolean moved;
        lock.lock();
        try {
            moved = stepLocked();
        } finally {
            lock.unlock();
        }
        notifyCallers();
        return moved;
    }

    /// Takes up to `count` steps, fewer if the cluster comes to rest.
    public int run(int count) {
        int taken = 0;
        while (taken < count && step()) {
            taken++;
        }
        return taken;
    }

    /// Brings all nodes back, reconnects them and works without further faults until nothing is left to do.
    public void settle() {
        for (NodeId node : nodes.keySet()) {
            heal(node);
            restart(node);
        }
        change(() -> settling = true);
        int steps = 0;
        while (step()) {
            if (++steps > SETTLE_STEPS_MAX) {
                throw new IllegalStateException("the cluster does not come to rest");
            }
        }
        change(() -> settling = false);
    }

    /// Takes a node down at once; what it had not flushed is gone.
    public void crash(NodeId node) {
        change(() -> crashNow(node(node)));
    }

    /// Starts a node again that was down.
    public void restart(NodeId node) {
        change(() -> restartNow(node(node)));
    }

    /// Cuts a node off from all others; it goes on alone.
    public void isolate(NodeId node) {
        change(() -> connectNow(node, false));
    }

    /// Reconnects a node.
    public void heal(NodeId node) {
        change(() -> connectNow(node, true));
    }

    /// Makes a node lead a group.
    ///
    /// @return false if no majority would elect it
    public boolean elect(GroupId group, NodeId node) {
        boolean[] elected = new boolean[1];
        change(() -> elected[0] = group(group)
                .flatMap(found -> Optional.ofNullable(found.replicas.get(node)).map(found::elect))
                .orElse(false));
        return elected[0];
    }

    /// Runs a change under the lock, then tells the callers what became of their requests.
    void change(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
        afterCall();
    }

    Optional<MemoryGroup<A>> group(GroupId id) {
        return Optional.ofNullable(groups.get(id.name()));
    }

    /// Runs later, outside the lock and in order.
    void later(Runnable notice) {
        notices.add(notice);
    }

    Map<MemoryGroup<A>, Replica<A>> replicasOn(NodeId node) {
        Map<MemoryGroup<A>, Replica<A>> found = new LinkedHashMap<>();
        for (MemoryGroup<A> group : groups.values()) {
            Replica<A> replica = group.replicas.get(node);
            if (replica != null) {
                found.put(group, replica);
            }
        }
        return found;
    }

    private void afterCall() {
        if (settlesItself) {
            lock.lock();
            try {
                // A machine that submits while it applies comes here again: the outer loop does its work.
                if (!settling) {
                    settling = true;
                    while (stepLocked()) {
                        // stepLocked does the work
                    }
                    settling = false;
                }
            } finally {
                lock.unlock();
            }
        }
        notifyCallers();
    }

    private boolean stepLocked() {
        elapsedMillis += random.nextInt(3);
        if (!settling && fault()) {
            return true;
        }
        List<Runnable> steps = new ArrayList<>();
        groups.values().forEach(group -> steps.addAll(group.possibleSteps()));
        nodes.values().forEach(node -> steps.addAll(node.possibleReads()));
        if (steps.isEmpty()) {
            return false;
        }
        steps.get(random.nextInt(steps.size())).run();
        return true;
    }

    /// One thread at a time tells the callers, so that answers arrive in the order in which they came to be.
    private void notifyCallers() {
        lock.lock();
        try {
            if (noticing) {
                return;
            }
            noticing = true;
        } finally {
            lock.unlock();
        }
        Runnable notice = nextNotice();
        while (notice != null) {
            notice.run();
            notice = nextNotice();
        }
    }

    private @Nullable Runnable nextNotice() {
        lock.lock();
        try {
            Runnable notice = notices.poll();
            noticing = notice != null;
            return notice;
        } finally {
            lock.unlock();
        }
    }

    private boolean fault() {
        MemorySettings.Faults faults = settings.faults();
        int dice = random.nextInt(1000);
        List<MemoryGroups<A>> all = List.copyOf(nodes.values());
        MemoryGroups<A> node = all.get(random.nextInt(all.size()));
        List<MemoryGroup<A>> choices = List.copyOf(groups.values());
        MemoryGroup<A> group = choices.get(random.nextInt(choices.size()));
        if ((dice -= faults.crash()) < 0) {
            return spares(node) && act(() -> crashNow(node));
        }
        if ((dice -= faults.restart()) < 0) {
            return !node.alive && act(() -> restartNow(node));
        }
        if ((dice -= faults.isolate()) < 0) {
            return spares(node) && act(() -> connectNow(node.self(), false));
        }
        if ((dice -= faults.heal()) < 0) {
            return act(() -> connectNow(node.self(), true));
        }
        if ((dice -= faults.election()) < 0) {
            Replica<A> replica = group.replicas.get(node.self());
            return replica != null && group.elect(replica);
        }
        if (dice - faults.snapshot() < 0) {
            Replica<A> replica = group.replicas.get(node.self());
            return replica != null && replica.alive && act(replica::snapshot);
        }
        return false;
    }

    /// Whether all groups keep a majority without this node.
    private boolean spares(MemoryGroups<A> node) {
        return node.alive
                && replicasOn(node.self()).keySet().stream().allMatch(group -> {
                    long others = group.replicas.values().stream()
                            .filter(replica -> !replica.node.equals(node.self()))
                            .filter(replica -> replica.alive && replica.connected)
                            .count();
                    return others >= group.replicas.size() / 2 + 1;
                });
    }

    private void crashNow(MemoryGroups<A> node) {
        if (node.alive) {
            node.alive = false;
            node.failReads("the node crashed");
            replicasOn(node.self()).forEach((group, replica) -> group.crash(replica));
        }
    }

    private void restartNow(MemoryGroups<A> node) {
        if (!node.alive && !node.closed) {
            node.alive = true;
            replicasOn(node.self()).forEach((group, replica) -> group.restart(replica));
        }
    }

    private void connectNow(NodeId node, boolean connected) {
        replicasOn(node).values().forEach(replica -> replica.connected = connected);
    }

    private static boolean act(Runnable action) {
        action.run();
        return true;
    }

    private final class ClusterWorld implements MemoryGroup.World {
        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public long millis() {
            return clock.millis();
        }

        @Override
        public boolean losesReply() {
            return !settling && random.nextInt(1000) < settings.faults().lostReply();
        }

        @Override
        public <B> void complete(Batch<B> batch, SubmitOutcome<B> outcome) {
            later(() -> batch.outcome().complete(outcome));
        }

        @Override
        public void leadershipChanged(GroupId group, NodeId node, MemoryGroup.Leadership leadership) {
            node(node).tellListeners(group, leadership);
        }
    }

    private final class SimulatedClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("the simulated clock knows only UTC");
        }

        @Override
        public Instant instant() {
            return START.plusMillis(elapsedMillis);
        }
    }
}
