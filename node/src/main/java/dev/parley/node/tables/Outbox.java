package dev.parley.node.tables;

import dev.parley.chat.DeadLetter;
import dev.parley.chat.view.OutboxProgress;
import dev.parley.raftstorage.table.TableReader;

/// Where a partition's outbox stands: its deliveries are kept at least until they are noted in the users'
/// lists.
public final class Outbox {

    /// How far the deliveries are noted, and the newest.
    public static OutboxProgress progress(TableReader tables) {
        return new ChatTables(tables).outboxProgress();
    }

    /// How many dead letters there are.
    public static DeadLetter.Counts deadLetters(TableReader tables) {
        return new ChatTables(tables).deadLetterCounts();
    }

    private Outbox() {}
}
