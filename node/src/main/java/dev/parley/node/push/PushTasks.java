package dev.parley.node.push;

import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs pushes that block, each on its own virtual thread, which is interrupted at the time limit (that closes the
/// socket it waits for). Thread-safe.
public final class PushTasks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PushTasks.class);

    private final ProviderKind kind;
    private final Duration timeout;
    private final ExecutorService executor;

    /// Tasks of one provider.
    public PushTasks(ProviderKind kind, Duration timeout) {
        this.kind = kind;
        this.timeout = timeout;
        this.executor = Executors.newThreadPerTaskExecutor(
                Worker.threads("push-" + kind.wire(), Worker.Kind.VIRTUAL, Fault.logged()));
    }

    /// Starts a push.
    ///
    /// @return completes within the time limit, and never exceptionally
    public CompletableFuture<PushResult> start(Supplier<PushResult> push) {
        CompletableFuture<PushResult> answer = new CompletableFuture<>();
        CompletableFuture<Boolean> alarm =
                new CompletableFuture<Boolean>().completeOnTimeout(true, timeout.toMillis(), TimeUnit.MILLISECONDS);
        Future<?> task;
        try {
            task = executor.submit(() -> answer.complete(result(push)));
        } catch (RejectedExecutionException e) {
            LOG.debug("push not started: provider={}", kind.wire(), e);
            return CompletableFuture.completedFuture(PushResult.Retry.later(kind.wire() + " is closed"));
        }
        CompletableFuture<Void> ended = alarm.thenAccept(rang -> {
            if (rang) {
                task.cancel(true);
                answer.complete(PushResult.Retry.later(kind.wire() + " did not answer in time"));
            }
        });
        return answer.whenComplete((result, failure) -> alarm.complete(false))
                .thenCombine(ended, (result, _) -> result);
    }

    /// Interrupts what is under way.
    @Override
    public void close() {
        executor.shutdownNow();
    }

    private PushResult result(Supplier<PushResult> push) {
        try {
            return push.get();
        } catch (RuntimeException e) {
            LOG.error("push failed: provider={}", kind.wire(), e);
            return PushResult.Retry.later(kind.wire() + " failed");
        }
    }
}
