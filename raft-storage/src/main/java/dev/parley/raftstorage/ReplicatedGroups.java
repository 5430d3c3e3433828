package dev.parley.raftstorage;

import dev.parley.raftstorage.table.TableReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// The groups with a replica on this node.
///
/// Thread-safe. Futures complete on a thread of the group that may be blocked shortly but not for long: hop off
/// for
/// anything but handing over. Twins: `ratis.RatisGroups` on disk and network, `memory.MemoryGroups` for tests.
///
/// @param <A> the answer to one command
public interface ReplicatedGroups<A> extends AutoCloseable {

    /// Submits commands that go into one Raft entry in this order, possibly together with other batches. Two
    /// batches
    /// submitted one after the other by one thread are applied in that order if both are.
    CompletableFuture<SubmitOutcome<A>> submit(GroupId group, List<byte[]> commands);

    /// Reads the leader's tables, seeing every write acknowledged before the call (leader lease or a round of
    /// heartbeats). The function runs on a bounded pool of platform threads.
    <T> CompletableFuture<ReadOutcome<T>> read(GroupId group, Function<TableReader, T> function);

    /// Reads this replica's tables as they are, which may be old.
    <T> CompletableFuture<ReadOutcome<T>> readStale(GroupId group, Function<TableReader, T> function);

    /// Reads this replica's tables as they are after the entry of an index and before the next: two replicas
    /// that
    /// answer for one index must answer alike. Unavailable if the replica is past it already, or does not come
    /// there
    /// in time.
    ///
    /// @param wait how long the replica may take to come there
    <T> CompletableFuture<ReadOutcome<T>> readAt(
            GroupId group, long logIndex, Duration wait, Function<TableReader, T> function);

    /// What this node knows of one group; cheap enough for every request.
    GroupStatus status(GroupId group);

    /// All groups that should have a replica here, the broken ones too, by name.
    List<GroupStatus> statuses();

    /// Whether this node can take writes, and why not.
    StorageHealth health();

    /// Registers a listener for changes of leadership; told of the present state of each group at once.
    void addListener(GroupListener listener);

    /// What another node needs to install a replica of the group.
    ///
    /// @throws SnapshotException if this node does not lead the group or cannot make a checkpoint
    SnapshotSession openSnapshot(GroupId group) throws SnapshotException;

    /// How much disk the tables of the replica here take, about; 0 if there is none. Looks at files.
    long tableBytes(GroupId group);

    /// Asks the group to move its leadership; completes when it did.
    CompletableFuture<Void> transferLeadership(GroupId group, NodeId target);

    /// Stops taking writes, gives up leaderships where another replica can take them, flushes and closes.
    @Override
    void close();
}
