package dev.parley.raftstorage;

import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableWriter;
import java.util.List;

/// What a group does with its commands. One instance per replica; all methods run on the group's apply thread or
/// while it stands still, never two at once, and never block.
///
/// Deterministic: the answers and writes depend on nothing but the tables, the stamp and the commands. A throw is a
/// bug: it fences the group on this node.
///
/// @param <A> the answer to one command
public interface ReplicatedMachine<A> {

    /// The tables were opened, or replaced by an installed snapshot: drop whatever was cached.
    void opened(TableReader tables);

    /// Applies all commands of one entry in order; the answers in the same order, one for each command.
    List<A> apply(Stamp stamp, List<byte[]> commands, TableWriter tables);

    /// The writes of the entry last applied are in the tables; what it caused may be told to others now.
    void written(Stamp stamp);
}
