package dev.parley.node.machine;

import dev.parley.node.system.GroupAnswer;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.Stamp;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableWriter;
import java.util.List;
import java.util.function.Function;

/// A machine whose answers are wrapped, so that groups of two kinds can live side by side.
///
/// @param wrapping of one answer
public record GroupMachine<A>(ReplicatedMachine<A> machine, Function<A, GroupAnswer> wrapping)
        implements ReplicatedMachine<GroupAnswer> {

    @Override
    public void opened(TableReader tables) {
        machine.opened(tables);
    }

    @Override
    public List<GroupAnswer> apply(Stamp stamp, List<byte[]> commands, TableWriter tables) {
        return machine.apply(stamp, commands, tables).stream().map(wrapping).toList();
    }

    @Override
    public void written(Stamp stamp) {
        machine.written(stamp);
    }
}
