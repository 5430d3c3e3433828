package dev.parley.node.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Notices for one other node that are worth nothing when they come late: one batch is under way, the next one gathers,
/// and what does not fit is dropped. A batch that fails is not sent again. Thread-safe; nothing here blocks.
final class OneWayLane<T> {
    /// So many wait for an answer that takes two seconds, if somebody writes every millisecond.
    private static final int WAITING_MAX = 2_000;

    private final Function<List<T>, CompletableFuture<?>> sending;
    private final Runnable onDrop;
    private List<T> waiting = new ArrayList<>();
    private boolean underWay;

    /// @param sending sends a batch; completes, never exceptionally, when the next one may go
    /// @param onDrop called for each notice that does not fit
    OneWayLane(Function<List<T>, CompletableFuture<?>> sending, Runnable onDrop) {
        this.sending = sending;
        this.onDrop = onDrop;
    }

    void add(T notice) {
        List<T> batch;
        synchronized (this) {
            if (waiting.size() >= WAITING_MAX) {
                onDrop.run();
                return;
            }
            waiting.add(notice);
            batch = next();
        }
        send(batch);
    }

    private void send(List<T> batch) {
        if (!batch.isEmpty()) {
            var _ = sending.apply(batch).thenRun(this::sent);
        }
    }

    private void sent() {
        List<T> batch;
        synchronized (this) {
            underWay = false;
            batch = next();
        }
        send(batch);
    }

    /// What to send now; the lock is held.
    private List<T> next() {
        if (underWay || waiting.isEmpty()) {
            return List.of();
        }
        underWay = true;
        List<T> batch = waiting;
        waiting = new ArrayList<>();
        return batch;
    }
}
