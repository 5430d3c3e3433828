package dev.parley.node.cluster;

import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.Facts;
import dev.parley.node.system.NodeEntry;
import dev.parley.node.system.NodeReport;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.NodeId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the [Coordinator] while this node leads the `system` group: often while a job is under way, seldom
/// otherwise.
/// One virtual thread, and one for each step.
public final class CoordinatorLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorLoop.class);
    private static final Duration BUSY = Duration.ofMillis(500);
    private static final Duration IDLE = Duration.ofSeconds(3);

    private final ClusterView view;
    private final LeaderBoard leaders;
    private final Fleet fleet;
    private final Coordinator coordinator;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Worker.threads("cluster-step", Worker.Kind.VIRTUAL, Fault.logged()));
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Worker worker;

    /// Starts.
    ///
    /// @param founding what the cluster begins with, if it is not founded yet
    public CoordinatorLoop(
            ClusterView view, LeaderBoard leaders, Fleet fleet, ClusterOrders orders, ClusterState founding) {
        this.view = view;
        this.leaders = leaders;
        this.fleet = fleet;
        this.coordinator = new Coordinator(founding, orders, fleet, threads);
        this.worker = Worker.start("coordinator", Worker.Kind.VIRTUAL, Fault.logged(), this::run);
    }

    /// What all nodes say now; those that do not answer are left out. Blocks for some seconds at most.
    public static Facts ask(ClusterState state, Fleet fleet, ExecutorService threads) {
        Map<NodeId, CompletableFuture<Optional<NodeReport>>> asked = new LinkedHashMap<>();
        for (NodeEntry node : state.members()) {
            asked.put(node.id(), CompletableFuture.supplyAsync(() -> fleet.report(node.id()), threads));
        }
        Map<NodeId, NodeReport> reports = new LinkedHashMap<>();
        asked.forEach((node, answer) -> answer.join().ifPresent(report -> reports.put(node, report)));
        return new Facts(reports);
    }

    @Override
    public void close() {
        closed.countDown();
        threads.shutdownNow();
        worker.stop(Duration.ofSeconds(2));
    }

    private void run() throws InterruptedException {
        Duration pause = BUSY;
        while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
            pause = leaders.standing(Partitioning.SYSTEM).servedBy(view.self()) ? look() : BUSY;
        }
    }

    private Duration look() throws InterruptedException {
        ClusterState state = view.state();
        try {
            coordinator.look(state, ask(state, fleet, threads));
        } catch (RuntimeException e) {
            if (closed.getCount() > 0) {
                LOG.warn("look at the cluster failed", e);
            }
        }
        return view.state().openJob().isPresent() || state.version() == 0 ? BUSY : IDLE;
    }
}
