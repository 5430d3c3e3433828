package dev.parley.node.gate;

import dev.parley.chat.ChatAnswer;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.Stamp;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableWriter;
import java.util.List;

/// A machine that answers `Done` to everything.
public final class NoMachine implements ReplicatedMachine<ChatAnswer> {

    @Override
    public void opened(TableReader tables) {
        // Nothing is cached.
    }

    @Override
    public List<ChatAnswer> apply(Stamp stamp, List<byte[]> commands, TableWriter tables) {
        return commands.stream().<ChatAnswer>map(_ -> new ChatAnswer.Done()).toList();
    }

    @Override
    public void written(Stamp stamp) {
        // Nobody is told.
    }
}
