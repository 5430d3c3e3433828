package dev.parley.node.gate;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.ReplicatedGroups;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.table.TableReader;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/// The groups with a replica here, as the gate and other nodes' gates ask them.
///
/// @param answering answers a query from the tables of the group that holds its entity
public record LocalReplicas(
        ReplicatedGroups<ChatAnswer> groups, BiFunction<ChatQuery, TableReader, QueryAnswer> answering) {

    /// Submits encoded commands as one batch, if this node leads.
    public CompletableFuture<SubmitOutcome<ChatAnswer>> submit(GroupId group, List<byte[]> commands) {
        return groups.submit(group, commands);
    }

    /// Answers a query, if this node leads.
    public CompletableFuture<ReadOutcome<QueryAnswer>> ask(GroupId group, ChatQuery query) {
        return groups.read(group, tables -> answering.apply(query, tables));
    }
}
