package dev.parley.node.worker;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;

/// A long-lived thread with a name and a [Fault]. The only place in `node` where threads start.
///
/// A task ends orderly by returning, or by an [InterruptedException] after [#stop]; anything else that it throws is a
/// fault. Platform workers are daemons: the process lives as long as `Main` waits, not as long as they do.
public final class Worker {

    /// Platform for work that blocks in native code or files, virtual for all else (style.md section 5).
    public enum Kind {
        PLATFORM,
        VIRTUAL
    }

    /// What a worker does; may throw anything.
    @FunctionalInterface
    public interface Task {
        void run() throws Exception;
    }

    private final Thread thread;
    private final Fault fault;
    private volatile boolean stopping;

    private Worker(String name, Kind kind, Task task, Fault fault) {
        this.fault = fault;
        this.thread = threads(name, kind, fault).newThread(() -> run(task));
    }

    /// Starts a worker.
    public static Worker start(String name, Kind kind, Fault fault, Task task) {
        Worker worker = new Worker(name, kind, task, fault);
        worker.thread.start();
        return worker;
    }

    /// Threads for an executor, which runs many short tasks: the fault hears what escapes from `execute` (what escapes
    /// from `submit` is in its future).
    ///
    /// @param name the first thread is called so, the next ones `name-2`, `name-3`, …
    public static ThreadFactory threads(String name, Kind kind, Fault fault) {
        Thread.Builder builder = switch (kind) {
            case PLATFORM -> Thread.ofPlatform().daemon(true);
            case VIRTUAL -> Thread.ofVirtual();
        };
        builder.uncaughtExceptionHandler((thread, cause) -> fault.happened(thread.getName(), cause));
        return new NumberedThreads(name, builder.factory());
    }

    public String name() {
        return thread.getName();
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    /// Interrupts the worker and waits for its end.
    ///
    /// @return whether it has ended; false after `limit`, or when the caller was interrupted (its flag stays set)
    public boolean stop(Duration limit) {
        stopping = true;
        thread.interrupt();
        return join(limit);
    }

    /// Waits for the worker's end without asking for it.
    ///
    /// @return whether it has ended; false after `limit`, or when the caller was interrupted (its flag stays set)
    public boolean join(Duration limit) {
        try {
            return thread.join(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !thread.isAlive();
        }
    }

    private void run(Task task) {
        try {
            task.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (!stopping) {
                fault.happened(thread.getName(), e);
            }
        } catch (Exception e) {
            fault.happened(thread.getName(), e);
        }
    }
}
