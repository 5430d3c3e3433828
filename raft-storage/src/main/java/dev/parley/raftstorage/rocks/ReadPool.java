package dev.parley.raftstorage.rocks;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The platform threads on which all reads run: a native call pins the carrier of a virtual thread, and there are as
/// few of those as cores.
public final class ReadPool implements AutoCloseable {
    private static final long CLOSE_WAIT_SECONDS = 5;
    private final ThreadPoolExecutor executor;

    /// Makes the pool; threads start with the first reads.
    ///
    /// @param threads how many reads run at once
    /// @param waitingMax how many more may wait; further ones are turned away
    public ReadPool(int threads, int waitingMax) {
        ThreadFactory factory =
                Thread.ofPlatform().name("storage-read-", 0).daemon().factory();
        executor = new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waitingMax), factory);
    }

    /// Runs a read later.
    ///
    /// @return false if too many wait already, or the pool is closed
    public boolean offer(Runnable read) {
        try {
            executor.execute(read);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /// Lets the reads under way finish, for a short while, and drops none that was accepted unless they take longer.
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
