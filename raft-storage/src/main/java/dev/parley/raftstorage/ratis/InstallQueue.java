package dev.parley.raftstorage.ratis;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Fetches snapshots one after the other, so that a node that comes back empty does not pull all groups at once.
/// Bounded by the number of groups: Ratis asks a group once at a time.
final class InstallQueue implements AutoCloseable {
    private static final long FIRST_DELAY_MILLIS = 100;
    private static final int DOUBLINGS_MAX = 6;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("storage-install").daemon().factory());

    /// Runs a fetch; after failures later and later, because Ratis asks again at once.
    ///
    /// @param failures how many times in a row it has failed
    <T> CompletableFuture<T> submit(long failures, Callable<T> fetch) {
        CompletableFuture<T> done = new CompletableFuture<>();
        long delay = failures == 0 ? 0 : FIRST_DELAY_MILLIS << Math.min(failures, DOUBLINGS_MAX);
        try {
            var _ = thread.schedule(() -> run(fetch, done), delay, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(e);
        }
        return done;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private static <T> void run(Callable<T> fetch, CompletableFuture<T> done) {
        try {
            done.complete(fetch.call());
        } catch (Exception e) {
            done.completeExceptionally(e);
        }
    }
}
