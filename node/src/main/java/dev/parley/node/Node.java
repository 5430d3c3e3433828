package dev.parley.node;

import dev.parley.node.config.NodeConfig;
import dev.parley.node.config.StartupException;
import dev.parley.node.edge.EdgeStartException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running node: its parts as named steps, started in order and closed in reverse. Owned by the thread that starts
/// it.
public final class Node implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final Deque<Step> started = new ArrayDeque<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    /// A part that is up, and how it is taken down.
    private record Step(String name, Closing closing) {}

    /// Takes a part down.
    @FunctionalInterface
    interface Closing {
        void close() throws Exception;
    }

    private Node() {}

    /// Starts all parts. Returns when clients can connect; partitions may still be looking for their leaders.
    ///
    /// @throws StartupException if the node cannot run here, with one sentence for a person
    public static Node start(NodeConfig config) {
        Node node = new Node();
        long began = System.nanoTime();
        try {
            new NodeAssembly(config, node).start();
        } catch (EdgeStartException | IOException e) {
            node.close();
            throw new StartupException(Objects.requireNonNullElse(e.getMessage(), e.toString()), e);
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
        LOG.info("node started: node={} tookMs={}", config.node().id(), millisSince(began));
        return node;
    }

    /// Zero once the node is closing.
    CountDownLatch closing() {
        return closing;
    }

    /// Notes that a part is up.
    void up(String name, Closing closing) {
        started.push(new Step(name, closing));
        LOG.debug("step started: step={}", name);
    }

    /// Takes the parts down, the last one first: no new sockets, the old ones leave, leaders move, tables are flushed.
    @Override
    public void close() {
        closing.countDown();
        while (!started.isEmpty()) {
            Step step = started.pop();
            long began = System.nanoTime();
            try {
                step.closing().close();
                LOG.debug("step closed: step={} tookMs={}", step.name(), millisSince(began));
            } catch (InterruptedException e) {
                // Somebody is in a hurry: the rest goes down without waiting.
                Thread.currentThread().interrupt();
                LOG.warn("step interrupted while closing: step={}", step.name());
            } catch (Exception e) {
                // One part that fails to close must not keep the others, above all the storage, from it.
                LOG.error("step failed to close: step={}", step.name(), e);
            }
        }
        LOG.info("node stopped");
    }

    private static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }
}
