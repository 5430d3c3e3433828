package dev.parley.node.tables;

import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableReader.Direction;
import dev.parley.raftstorage.table.TableReader.Next;
import java.util.ArrayList;
import java.util.List;

/// The membership changes of a partition that the users' lists may not know yet.
///
/// A worker on the leader reads them after the checkpoint, notes each in its user's list
/// ([dev.parley.chat.ChatCommand.NoteMembership]) and then moves the checkpoint
/// ([dev.parley.chat.ChatCommand.AdvanceMembershipCheckpoint]), which deletes the rows.
public final class MembershipChanges {

    /// Every change up to this number is noted; 0 if none is.
    public static long checkpoint(TableReader tables) {
        return new ChatTables(tables).membershipProgress().notedThrough();
    }

    /// Number of the newest change; 0 if there was none.
    public static long last(TableReader tables) {
        return new ChatTables(tables).membershipProgress().last();
    }

    /// Changes after a number, oldest first.
    ///
    /// @param checkpoint the number to start behind
    /// @param limit changes at most, from 1
    public static List<MembershipChange> after(TableReader tables, long checkpoint, int limit) {
        List<MembershipChange> changes = new ArrayList<>();
        tables.scan(
                Table.MEMBERSHIP_CHANGE.family(),
                Keys.numbered(Table.MEMBERSHIP_CHANGE, checkpoint + 1),
                Keys.end(Keys.prefix(Table.MEMBERSHIP_CHANGE)),
                Direction.ASCENDING,
                (key, value) -> {
                    changes.add(Rows.membershipChange(Keys.lastNumber(key), value));
                    return changes.size() < limit ? Next.CONTINUE : Next.STOP;
                });
        return changes;
    }

    private MembershipChanges() {}
}
