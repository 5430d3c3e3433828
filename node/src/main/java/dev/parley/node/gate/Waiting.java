package dev.parley.node.gate;

import dev.parley.node.placement.LeaderBoard;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits of the request path, all bounded and all ended early by news about the leader.
final class Waiting {

    /// Pause between tries when nothing new is heard: an election takes seconds, so twenty tries a second lose little.
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Waiting() {}

    /// Waits for news about the leader, a pause at most.
    static void forChange(LeaderBoard.Standing standing, Deadline deadline) throws InterruptedException {
        await(standing.changed(), deadline.remaining(PAUSE));
    }

    /// The outcome; empty if it did not come in time.
    static <T> Optional<T> forOutcome(CompletableFuture<T> outcome, Duration timeout) throws InterruptedException {
        await(outcome, timeout);
        return outcome.isDone() ? Optional.of(outcome.join()) : Optional.empty();
    }

    /// The outcome; empty if it did not come in time or the group's leader changed meanwhile.
    static <T> Optional<T> forOutcome(CompletableFuture<T> outcome, LeaderBoard.Standing standing, Duration timeout)
            throws InterruptedException {
        await(CompletableFuture.anyOf(outcome, standing.changed()), timeout);
        if (!outcome.isDone()) {
            // The leader changed while it was asked. Its answer may be on its way all the same: a moment for it.
            return forOutcome(outcome, PAUSE);
        }
        return Optional.of(outcome.join());
    }

    /// Notes who leads, as a node that does not lead told it. Whether that is news worth a try at once.
    static boolean follow(LeaderBoard leaders, GroupId group, LeaderBoard.Standing believed, Optional<NodeId> leader) {
        if (!believed.changed().isDone() && believed.leader().isPresent()) {
            leaders.forget(group, believed);
        }
        leader.ifPresent(node -> leaders.hint(group, node));
        return leader.isPresent();
    }

    private static void await(CompletableFuture<?> future, Duration timeout) throws InterruptedException {
        try {
            future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return; // The caller looks at what is done.
        } catch (ExecutionException e) {
            throw new IllegalStateException("an outcome is a value, never a failure", e.getCause());
        }
    }
}
