package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes the storage of a node within a bounded time: leaderships go to followers that can take them, tables are
/// flushed, files closed.
final class Shutdown<A> {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    /// A follower that has been silent for longer will hardly take over.
    private static final long FOLLOWER_SILENCE_MILLIS_MAX = 3_000;

    private static final Duration TRANSFER_WAIT = Duration.ofSeconds(6);

    private final NodeResources<A> node;
    private final RaftServerStart.Started<A> started;
    private final List<GroupReplica<A>> replicas;

    Shutdown(NodeResources<A> node, RaftServerStart.Started<A> started, List<GroupReplica<A>> replicas) {
        this.node = node;
        this.started = started;
        this.replicas = replicas;
    }

    void run() {
        transferLeaderships();
        Thread closer = Thread.ofPlatform().name("storage-close").daemon().start(this::closeAll);
        boolean done = join(closer);
        node.close();
        if (!done) {
            // What is still open stays open and locked: closing RocksDB under a thread that uses it kills the JVM.
            LOG.error(
                    "storage did not close in time: waitedMs={}",
                    node.settings().tuning().closeTimeout().toMillis());
            return;
        }
        node.closeRocks();
        try {
            started.lock().close();
        } catch (IOException e) {
            LOG.warn("cannot release the lock of the directory", e);
        }
        LOG.info("storage closed: node={}", node.settings().place().self());
    }

    /// Flushes as well: Ratis takes a snapshot of each group when it stops.
    private void closeAll() {
        try {
            started.server().close();
        } catch (IOException e) {
            LOG.warn("the Raft server did not close cleanly", e);
        }
        replicas.forEach(replica -> replica.slot().close());
    }

    private void transferLeaderships() {
        List<CompletableFuture<Void>> transfers = new ArrayList<>();
        for (GroupReplica<A> replica : replicas) {
            if (replica.state() == GroupStatus.State.RUNNING && replica.leads()) {
                successor(replica)
                        .ifPresent(target -> transfers.add(started.moves()
                                .transferLeadership(replica.id(), target)
                                .exceptionally(e -> {
                                    LOG.warn("kept leadership: group={} reason={}", replica.id(), Outcomes.reason(e));
                                    return null;
                                })));
            }
        }
        try {
            CompletableFuture.allOf(transfers.toArray(CompletableFuture[]::new))
                    .orTimeout(TRANSFER_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            LOG.warn("not all leaderships moved in time: reason={}", Outcomes.reason(Outcomes.unwrap(e)));
        }
    }

    /// The follower whose log is nearest to ours, if any answers.
    private Optional<NodeId> successor(GroupReplica<A> replica) {
        return replica.status().followers().stream()
                .filter(follower -> follower.silentMillis() <= FOLLOWER_SILENCE_MILLIS_MAX)
                .max(Comparator.comparingLong(GroupStatus.Follower::matchIndex))
                .map(GroupStatus.Follower::node);
    }

    private boolean join(Thread closer) {
        try {
            return closer.join(node.settings().tuning().closeTimeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
