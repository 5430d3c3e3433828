package dev.parley.node.cluster;

import dev.parley.node.system.GroupAnswer;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupListener;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.ReplicatedGroups;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotSession;
import dev.parley.raftstorage.StorageHealth;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.table.TableReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// The groups of a node as those see them who submit to one kind of group.
///
/// @param answer takes an answer out of its wrapping
public record TypedGroups<A>(ReplicatedGroups<GroupAnswer> groups, Function<GroupAnswer, A> answer)
        implements ReplicatedGroups<A> {

    @Override
    public CompletableFuture<SubmitOutcome<A>> submit(GroupId group, List<byte[]> commands) {
        return groups.submit(group, commands).thenApply(this::typed);
    }

    private SubmitOutcome<A> typed(SubmitOutcome<GroupAnswer> outcome) {
        return switch (outcome) {
            case SubmitOutcome.Applied<GroupAnswer>(List<GroupAnswer> answers, long logIndex) ->
                new SubmitOutcome.Applied<>(answers.stream().map(answer).toList(), logIndex);
            case SubmitOutcome.Refused<GroupAnswer>(String reason) -> new SubmitOutcome.Refused<>(reason);
            case SubmitOutcome.NotLeader<GroupAnswer>(var leader) -> new SubmitOutcome.NotLeader<>(leader);
            case SubmitOutcome.Unavailable<GroupAnswer>(var cause, String reason) ->
                new SubmitOutcome.Unavailable<>(cause, reason);
            case SubmitOutcome.Unknown<GroupAnswer>(String reason) -> new SubmitOutcome.Unknown<>(reason);
        };
    }

    @Override
    public <T> CompletableFuture<ReadOutcome<T>> read(GroupId group, Function<TableReader, T> function) {
        return groups.read(group, function);
    }

    @Override
    public <T> CompletableFuture<ReadOutcome<T>> readStale(GroupId group, Function<TableReader, T> function) {
        return groups.readStale(group, function);
    }

    @Override
    public <T> CompletableFuture<ReadOutcome<T>> readAt(
            GroupId group, long logIndex, Duration wait, Function<TableReader, T> function) {
        return groups.readAt(group, logIndex, wait, function);
    }

    @Override
    public GroupStatus status(GroupId group) {
        return groups.status(group);
    }

    @Override
    public List<GroupStatus> statuses() {
        return groups.statuses();
    }

    @Override
    public StorageHealth health() {
        return groups.health();
    }

    @Override
    public void addListener(GroupListener listener) {
        groups.addListener(listener);
    }

    @Override
    public SnapshotSession openSnapshot(GroupId group) throws SnapshotException {
        return groups.openSnapshot(group);
    }

    @Override
    public long tableBytes(GroupId group) {
        return groups.tableBytes(group);
    }

    @Override
    public CompletableFuture<Void> transferLeadership(GroupId group, NodeId target) {
        return groups.transferLeadership(group, target);
    }

    @Override
    public void close() {
        groups.close();
    }
}
