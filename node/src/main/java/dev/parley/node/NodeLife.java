package dev.parley.node;

import dev.parley.node.config.NodeConfig;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.LogFlush;
import dev.parley.node.worker.Worker;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node from its start to the end of the process.
///
/// The main thread waits here. The node is closed by the JVM's shutdown hook and nowhere else, whatever ends the
/// process: a signal or the end of the parent.
final class NodeLife {
    /// Set by `parley dev` to its own process id: a node that it started must not outlive it.
    static final String PARENT_VARIABLE = "PARLEY_PARENT_PID";

    private static final Logger LOG = LoggerFactory.getLogger(NodeLife.class);

    private NodeLife() {}

    /// Starts the node and waits for the process to be ended.
    static void run(NodeStarter starter, NodeConfig config, Map<String, String> environment) throws Exception {
        LOG.info(
                "node starting: node={} cluster={} version={} pid={}",
                config.node().id(),
                config.cluster().name(),
                NodeVersion.current(),
                ProcessHandle.current().pid());
        watchParent(Optional.ofNullable(environment.get(PARENT_VARIABLE)));
        AutoCloseable node = starter.start(config);
        Runtime.getRuntime()
                .addShutdownHook(Worker.threads("stop", Worker.Kind.PLATFORM, Fault.logged())
                        .newThread(() -> stop(node)));
        LOG.debug("node waiting for its end: node={}", config.node().id());
        new CountDownLatch(1).await();
    }

    /// Ends the process when its parent does, also while the node still starts.
    private static void watchParent(Optional<String> pid) {
        pid.filter(text -> text.matches("[0-9]{1,18}"))
                .map(Long::parseLong)
                .ifPresent(number -> Worker.start("parent-watch", Worker.Kind.VIRTUAL, Fault.logged(), () -> {
                    Optional<ProcessHandle> parent = ProcessHandle.of(number);
                    if (parent.isPresent()) {
                        parent.get().onExit().get();
                    }
                    LOG.info("node stopping: reason=parent-ended parent={}", number);
                    System.exit(0);
                }));
    }

    private static void stop(AutoCloseable node) {
        try {
            node.close();
        } catch (Exception e) {
            LOG.error("node stopped unclean", e);
        } finally {
            LogFlush.now();
        }
    }
}
