package dev.parley.node.simulation;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.node.log.CommandCodec;
import dev.parley.node.placement.Partitioning;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.memory.MemoryCluster;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/// A client that carries out its commands one after the other, and tries each again, at any node, until it is answered.
/// Now and then it loses patience and sends a command again while the first try is still under way.
final class SimulatedClient {
    static final GroupId GROUP = Partitioning.group(0);

    private final Queue<ChatCommand> todo;
    private final List<CompletableFuture<SubmitOutcome<ChatAnswer>>> tries = new ArrayList<>();
    private final List<Answered> answers = new ArrayList<>();
    private Optional<NodeId> hint = Optional.empty();

    /// A command and an answer to it; a command that was tried twice may have two.
    record Answered(ChatCommand command, ChatAnswer answer) {}

    SimulatedClient(Queue<ChatCommand> todo) {
        this.todo = todo;
    }

    /// Looks at what came back, and sends or sends again.
    void act(MemoryCluster<ChatAnswer> cluster, List<NodeId> nodes, Random random) {
        collect();
        if (!todo.isEmpty() && (tries.isEmpty() || random.nextInt(20) == 0)) {
            NodeId node = hint.orElseGet(() -> nodes.get(random.nextInt(nodes.size())));
            hint = Optional.empty();
            tries.add(cluster.node(node).submit(GROUP, List.of(CommandCodec.encode(todo.element()))));
        }
    }

    boolean done() {
        collect();
        return todo.isEmpty();
    }

    List<Answered> answers() {
        return answers;
    }

    private void collect() {
        boolean answered = false;
        Iterator<CompletableFuture<SubmitOutcome<ChatAnswer>>> pending = tries.iterator();
        while (pending.hasNext()) {
            CompletableFuture<SubmitOutcome<ChatAnswer>> attempt = pending.next();
            if (!attempt.isDone()) {
                continue;
            }
            pending.remove();
            switch (attempt.join()) {
                case SubmitOutcome.Applied<ChatAnswer> applied -> {
                    answers.add(new Answered(todo.element(), applied.answers().getFirst()));
                    answered = true;
                }
                case SubmitOutcome.NotLeader<ChatAnswer> elsewhere -> hint = elsewhere.leader();
                case SubmitOutcome.Unavailable<ChatAnswer> _, SubmitOutcome.Unknown<ChatAnswer> _ ->
                    hint = Optional.empty();
                case SubmitOutcome.Refused<ChatAnswer> refused ->
                    throw new IllegalStateException("expected an entry to be small enough: " + refused.reason());
            }
        }
        if (answered) {
            // A try that is still under way may be applied after the next command: a late duplicate, as real ones are.
            tries.clear();
            todo.remove();
        }
    }
}
