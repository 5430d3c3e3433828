package dev.parley.node.gate;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.ReplicatedGroups;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotSession;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Checkpoints that hold all that was acknowledged before they were asked for.
///
/// A leader that was cut off may not know yet that others go on without it, and its tables would lack what they
/// acknowledged. So it reads from itself first, which takes a majority that agrees that it leads.
public final class ProvenSnapshot {
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private ProvenSnapshot() {}

    /// Opens a checkpoint of a group that this node leads. Blocks.
    ///
    /// @throws SnapshotException if it does not lead the group or cannot prove that it does
    public static SnapshotSession open(ReplicatedGroups<?> groups, GroupId group) throws SnapshotException {
        try {
            ReadOutcome<Boolean> proof = groups.read(group, _ -> true).get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            return switch (proof) {
                case ReadOutcome.Done<Boolean> _ -> groups.openSnapshot(group);
                case ReadOutcome.NotLeader<Boolean> _ ->
                    throw new SnapshotException("this node does not lead " + group);
                case ReadOutcome.Unavailable<Boolean>(String reason) ->
                    throw new SnapshotException("this node cannot prove that it leads " + group + ": " + reason);
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SnapshotException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new SnapshotException("this node cannot prove that it leads " + group, e);
        }
    }
}
