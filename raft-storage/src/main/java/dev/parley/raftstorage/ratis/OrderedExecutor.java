package dev.parley.raftstorage.ratis;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the tasks of one group one after the other, in order, on threads shared by all groups. It keeps callers'
/// callbacks off the thread that applies entries.
///
/// Not bounded by itself: tasks are completions of requests that were bounded when they were taken, and the few
/// changes of leadership.
final class OrderedExecutor implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(OrderedExecutor.class);

    private final Executor threads;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    OrderedExecutor(Executor threads) {
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        try {
            threads.execute(this::drain);
        } catch (RejectedExecutionException e) {
            // The shared threads are gone with the storage: nobody may wait for ever for what is left.
            LOG.debug("ran tasks on the caller: reason=executor-closed");
            drain();
        }
    }

    private void drain() {
        Runnable task = next();
        while (task != null) {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("task of a group failed", e);
            }
            task = next();
        }
    }

    private @Nullable Runnable next() {
        synchronized (tasks) {
            Runnable task = tasks.poll();
            running = task != null;
            return task;
        }
    }
}
