package dev.parley.node.worker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is done when a worker's task threw something that it did not expect. Called on the failing thread, last.
@FunctionalInterface
public interface Fault {
    /// Exit code of a process that ended itself because it cannot go on (EX_SOFTWARE of sysexits.h).
    int FATAL_EXIT_CODE = 70;

    void happened(String worker, Throwable cause);

    /// Writes the fault to the log; the worker is gone, the node goes on without it.
    static Fault logged() {
        return (worker, cause) -> logger().error("worker failed: worker={}", worker, cause);
    }

    /// Writes the fault to the log and ends the process at once, without an orderly close: whatever was acknowledged is
    /// durable by then, and a close would have to trust state that a broken worker left behind.
    static Fault fatal() {
        return (worker, cause) -> {
            try {
                logger().error(
                                "node ended: reason=worker-failed worker={} exitCode={}",
                                worker,
                                FATAL_EXIT_CODE,
                                cause);
                LogFlush.now();
            } finally {
                Runtime.getRuntime().halt(FATAL_EXIT_CODE);
            }
        };
    }

    private static Logger logger() {
        return LoggerFactory.getLogger(Fault.class);
    }
}
