package dev.parley.node.cluster;

import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.system.ClusterAnswer;
import dev.parley.node.system.ClusterCommand;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SubmitOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Commands to the `system` group from any node. Thread-safe; blocks.
public final class ClusterOrders {
    private static final Duration ATTEMPT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final ClusterView view;
    private final LeaderBoard leaders;
    private final Fleet fleet;

    public ClusterOrders(ClusterView view, LeaderBoard leaders, Fleet fleet) {
        this.view = view;
        this.leaders = leaders;
        this.fleet = fleet;
    }

    /// Has a command carried out; tried again, which is harmless, until it is.
    ///
    /// @throws NoLeaderException if no leader of the `system` group answered in time
    public ClusterAnswer order(ClusterCommand command, Duration limit) throws InterruptedException, NoLeaderException {
        long deadline = System.nanoTime() + limit.toNanos();
        String last = "none is known";
        for (int attempt = 0; System.nanoTime() - deadline < 0; attempt++) {
            LeaderBoard.Standing standing = leaders.standing(Partitioning.SYSTEM);
            Optional<NodeId> target = target(standing, attempt);
            if (target.isPresent()) {
                switch (fleet.submit(target.get(), command, ATTEMPT)) {
                    case SubmitOutcome.Applied<ClusterAnswer>(List<ClusterAnswer> answers, long _) -> {
                        return answers.getFirst();
                    }
                    case SubmitOutcome.Refused<ClusterAnswer>(String why) -> {
                        return new ClusterAnswer.Refused(why);
                    }
                    case SubmitOutcome.NotLeader<ClusterAnswer>(Optional<NodeId> leader) -> {
                        last = target.get() + " does not lead it";
                        learn(standing, leader.filter(node -> !node.equals(target.get())));
                    }
                    case SubmitOutcome.Unavailable<ClusterAnswer>(SubmitOutcome.Cause _, String why) -> {
                        last = why;
                        learn(standing, Optional.empty());
                    }
                    case SubmitOutcome.Unknown<ClusterAnswer>(String why) -> last = why;
                }
            }
            pause(leaders.standing(Partitioning.SYSTEM));
        }
        throw new NoLeaderException("no leader of the system group answered in time: " + last);
    }

    private Optional<NodeId> target(LeaderBoard.Standing standing, int attempt) {
        if (standing.leader().isPresent()) {
            return standing.leader();
        }
        List<NodeId> replicas = view.state().replicas(Partitioning.SYSTEM);
        return replicas.isEmpty() ? Optional.empty() : Optional.of(replicas.get(attempt % replicas.size()));
    }

    private void learn(LeaderBoard.Standing believed, Optional<NodeId> leader) {
        if (!believed.changed().isDone()
                && believed.leader().filter(node -> !node.equals(view.self())).isPresent()) {
            leaders.forget(Partitioning.SYSTEM, believed);
        }
        leader.ifPresent(node -> leaders.hint(Partitioning.SYSTEM, node));
    }

    private static void pause(LeaderBoard.Standing standing) throws InterruptedException {
        try {
            standing.changed().get(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return; // Time for another try.
        } catch (ExecutionException e) {
            throw new IllegalStateException("news never fails", e.getCause());
        }
    }

    /// Nobody took the command; it may have been carried out all the same.
    public static final class NoLeaderException extends Exception {
        private static final long serialVersionUID = 1L;

        NoLeaderException(String message) {
            super(message);
        }
    }
}
