package dev.parley.node.cluster;

import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.system.ClusterAnswer;
import dev.parley.node.system.ClusterCommand;
import dev.parley.node.system.NodeEntry;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a node's view of the cluster new, and the cluster's entry of the node: asks the other nodes in turn,
/// and says
/// where this node is if the registry has it otherwise. Two virtual threads.
public final class ClusterNews implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNews.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration INTRODUCTION = Duration.ofSeconds(10);

    private final ClusterView view;
    private final LeaderBoard leaders;
    private final Fleet fleet;
    private final ClusterOrders orders;
    private final NodeEntry own;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Worker> workers;
    private volatile Optional<String> trouble = Optional.empty();

    /// Starts.
    ///
    /// @param own how the registry should have this node; its state does not matter
    public ClusterNews(ClusterView view, LeaderBoard leaders, Fleet fleet, ClusterOrders orders, NodeEntry own) {
        this.view = view;
        this.leaders = leaders;
        this.fleet = fleet;
        this.orders = orders;
        this.own = own;
        this.workers = List.of(
                Worker.start("cluster-view", Worker.Kind.VIRTUAL, Fault.logged(), view::pass),
                Worker.start("cluster-news", Worker.Kind.VIRTUAL, Fault.logged(), this::run));
    }

    /// Why this node is not, or no more, of the cluster.
    public Optional<String> trouble() {
        return trouble;
    }

    @Override
    public void close() {
        closed.countDown();
        workers.forEach(worker -> worker.stop(Duration.ofSeconds(2)));
    }

    private void run() throws InterruptedException {
        for (int turn = 0; !closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS); turn++) {
            ask(turn);
            introduce();
        }
    }

    private void ask(int turn) {
        List<NodeId> others = view.others();
        if (!others.isEmpty()) {
            Optional<NodeId> leader =
                    leaders.standing(Partitioning.SYSTEM).leader().filter(others::contains);
            // The leader knows best; the others, in turn, know whether it is still one.
            NodeId asked = turn % 2 == 0 && leader.isPresent() ? leader.get() : others.get(turn % others.size());
            fleet.newer(asked, view.state().version()).ifPresent(view::learn);
        }
    }

    private void introduce() throws InterruptedException {
        if (view.state().version() == 0) {
            return;
        }
        Optional<NodeEntry> known = view.state().node(view.self());
        if (known.filter(node -> node.state() == NodeEntry.State.REMOVED).isPresent()) {
            trouble = Optional.of("node " + view.self() + " was removed from the cluster");
            return;
        }
        if (known.filter(this::isOwn).isPresent()) {
            trouble = Optional.empty();
            return;
        }
        try {
            if (orders.order(new ClusterCommand.Introduce(own), INTRODUCTION)
                    instanceof ClusterAnswer.Refused refused) {
                trouble = Optional.of(refused.why());
                LOG.warn("node not taken by the cluster: reason={}", refused.why());
            }
        } catch (ClusterOrders.NoLeaderException e) {
            LOG.debug("node not introduced yet: reason={}", e.getMessage());
        }
    }

    private boolean isOwn(NodeEntry known) {
        return known.address().equals(own.address())
                && known.zone().equals(own.zone())
                && known.incarnation().equals(own.incarnation());
    }
}
