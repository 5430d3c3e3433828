package dev.parley.node.cluster;

import dev.parley.node.placement.Partitioning;
import dev.parley.node.placement.Replicas;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.Job;
import dev.parley.node.system.NodeEntry;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The newest state of the cluster that this node has heard of, from its own replica of the `system` group or
/// from
/// other nodes. Thread-safe; what is learned counts at once, and is kept on disk and told to listeners a moment
/// later
/// by whoever calls [#pass].
public final class ClusterView implements Replicas {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterView.class);

    private final NodeId self;
    private final ClusterFile file;
    private final Partitioning partitioning;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition learned = lock.newCondition();
    private final List<BiConsumer<ClusterState, ClusterState>> listeners = new CopyOnWriteArrayList<>();
    private volatile ClusterState state;
    private ClusterState passed;

    /// A view that begins with what is known.
    ///
    /// @param file where it is kept
    public ClusterView(NodeId self, ClusterState initial, ClusterFile file) {
        this.self = self;
        this.file = file;
        this.state = initial;
        this.passed = initial;
        this.partitioning = new Partitioning(initial.partitions());
    }

    public NodeId self() {
        return self;
    }

    public ClusterState state() {
        return state;
    }

    @Override
    public Partitioning partitioning() {
        return partitioning;
    }

    @Override
    public List<NodeId> replicas(int partition) {
        return state.replicas(Partitioning.group(partition));
    }

    /// The other nodes of the cluster.
    public List<NodeId> others() {
        return state.members().stream()
                .map(NodeEntry::id)
                .filter(node -> !node.equals(self))
                .toList();
    }

    /// `host:port` of a node for Raft traffic, of removed ones too.
    public Optional<String> raftAddress(NodeId node) {
        return state.node(node).map(NodeEntry::raftAddress);
    }

    /// Whether a replica of the group belongs on this node and nobody is about to change that.
    public boolean settledHere(GroupId group) {
        ClusterState now = state;
        return now.replicas(group).contains(self) && now.openMove(group).isEmpty();
    }

    /// How many bytes of checkpoints a node may take in a second now; 0 for no limit.
    public long rateBytes() {
        return state.openJob().map(Job::rateBytes).orElse(0L);
    }

    /// Hears of a state; forgets it if it is not newer. Does not block.
    public void learn(ClusterState heard) {
        lock.lock();
        try {
            if (heard.version() > state.version()) {
                state = heard;
                learned.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until a state is known that is newer than a version.
    ///
    /// @return false if none is after the time limit
    public boolean awaitNewer(long version, Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = limit.toNanos();
            while (state.version() <= version) {
                if (left <= 0) {
                    return false;
                }
                left = learned.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Keeps what was learned before this call, at once.
    public void keep() throws IOException {
        file.write(state);
    }

    /// Listens to changes: what was and what is. Called on the thread that calls [#pass].
    public void onChange(BiConsumer<ClusterState, ClusterState> listener) {
        listeners.add(listener);
    }

    /// Waits for news, keeps them on disk and tells the listeners; for ever.
    void pass() throws InterruptedException {
        while (true) {
            ClusterState before = passed;
            ClusterState next = awaitNewer(before);
            try {
                file.write(next);
            } catch (IOException e) {
                LOG.warn("state of the cluster not kept: file={}", file.path(), e);
            }
            listeners.forEach(listener -> listener.accept(before, next));
            passed = next;
        }
    }

    private ClusterState awaitNewer(ClusterState than) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (state.version() <= than.version()) {
                learned.await();
            }
            return state;
        } finally {
            lock.unlock();
        }
    }
}
