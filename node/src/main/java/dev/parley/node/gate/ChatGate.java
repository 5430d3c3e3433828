package dev.parley.node.gate;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import java.util.concurrent.CompletableFuture;

/// The one way from an edge to the replicated state, whichever node leads. Thread-safe.
///
/// Both futures complete normally with the answer (a [ChatAnswer.Refused] too), or with a [GateException] if no answer
/// came within the deadline (default 10 s). They complete on a thread that carries other answers: hand over quickly.
public interface ChatGate {

    /// Submits a command. Commands about one entity that one thread submits in sequence are applied in that order.
    CompletableFuture<ChatAnswer> submit(ChatCommand command);

    /// Reads at the leader; sees everything acknowledged before the call.
    CompletableFuture<QueryAnswer> ask(ChatQuery query);
}
