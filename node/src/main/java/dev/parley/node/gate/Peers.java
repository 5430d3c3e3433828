package dev.parley.node.gate;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.SubmitOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The way to a leader on another node. Futures never fail: what went wrong on the way is an outcome.
public interface Peers {

    /// Submits encoded commands as one batch.
    CompletableFuture<SubmitOutcome<ChatAnswer>> submit(
            NodeId node, GroupId group, List<byte[]> commands, Duration timeout);

    /// Asks a query.
    CompletableFuture<ReadOutcome<QueryAnswer>> ask(NodeId node, GroupId group, ChatQuery query, Duration timeout);
}
