package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.rocks.RocksTables;
import dev.parley.raftstorage.rocks.TablesException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Views of the tables as they are after one log index, for those who compare replicas. Not thread-safe: the
/// state
/// machine's lock guards it.
final class ExactReads {
    /// A comparison waits for one view of a group, a few if several administrators compare at once.
    static final int WAITING_MAX = 16;

    private final List<Waiting> waiting = new ArrayList<>();

    /// Somebody who waits for an index.
    private record Waiting(long logIndex, CompletableFuture<RocksTables.View> view) {}

    /// A view of the tables when all entries up to an index are in them, and none after it. Fails with
    /// [TablesException] if the replica is past it, or too many wait. The taker closes the view.
    ///
    /// @param applied the index applied last, of whatever kind of entry
    /// @param written the index of the last entry that may have changed the tables
    CompletableFuture<RocksTables.View> at(
            long logIndex, long applied, long written, Supplier<RocksTables.View> views) {
        waiting.removeIf(one -> one.view.isDone());
        if (waiting.size() >= WAITING_MAX) {
            return CompletableFuture.failedFuture(new TablesException("too many wait for an index"));
        }
        Waiting one = new Waiting(logIndex, new CompletableFuture<>());
        waiting.add(one);
        advanced(applied, written, views);
        return one.view;
    }

    /// More is applied than before.
    void advanced(long applied, long written, Supplier<RocksTables.View> views) {
        if (waiting.isEmpty()) {
            return;
        }
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
            Waiting one = all.next();
            if (written > one.logIndex) {
                all.remove();
                one.view.completeExceptionally(
                        new TablesException("the replica is past entry " + one.logIndex + ", at " + written));
            } else if (applied >= one.logIndex) {
                all.remove();
                give(one.view, views);
            }
        }
    }

    /// The replica closes: nobody gets a view any more.
    void close() {
        waiting.forEach(one -> one.view.completeExceptionally(new TablesException("the replica is closed")));
        waiting.clear();
    }

    private static void give(CompletableFuture<RocksTables.View> taker, Supplier<RocksTables.View> views) {
        if (taker.isDone()) {
            return; // It waited too long.
        }
        RocksTables.View view;
        try {
            view = views.get();
        } catch (TablesException e) {
            taker.completeExceptionally(e);
            return;
        }
        if (!taker.complete(view)) {
            view.close();
        }
    }
}
