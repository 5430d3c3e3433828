package dev.parley.node.tables;

import dev.parley.chat.view.Conversation;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableReader.Direction;
import dev.parley.raftstorage.table.TableReader.Next;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// What a partition holds, counted row by row.
///
/// @param promised records that the conversations say they have
public record PartitionCounts(long conversations, long records, long promised, long users) {
    public static final PartitionCounts NONE = new PartitionCounts(0, 0, 0, 0);

    /// Reads everything.
    ///
    /// @throws IllegalStateException if a row cannot be understood
    public static PartitionCounts of(TableReader tables) {
        LongAdder promised = new LongAdder();
        byte[] prefix = Keys.prefix(Table.CONVERSATION);
        long conversations = count(tables, Table.CONVERSATION, (key, row) -> {
            Conversation conversation = Rows.conversation(Keys.lastText(key, prefix), row);
            promised.add(conversation.head().seq());
        });
        long records = count(tables, Table.RECORD, (key, row) -> {});
        long users = count(tables, Table.ACCOUNT, (key, row) -> {});
        return new PartitionCounts(conversations, records, promised.sum(), users);
    }

    /// What cannot be, if there is such a thing.
    public Optional<String> complaint() {
        return records == promised
                ? Optional.empty()
                : Optional.of(
                        "its conversations should have %d records, but there are %d".formatted(promised, records));
    }

    public PartitionCounts plus(PartitionCounts other) {
        return new PartitionCounts(
                conversations + other.conversations,
                records + other.records,
                promised + other.promised,
                users + other.users);
    }

    private static long count(TableReader tables, Table table, Row each) {
        LongAdder count = new LongAdder();
        byte[] prefix = Keys.prefix(table);
        tables.scan(table.family(), prefix, Keys.end(prefix), Direction.ASCENDING, (key, row) -> {
            count.increment();
            each.see(key, row);
            return Next.CONTINUE;
        });
        return count.sum();
    }

    private interface Row {
        void see(byte[] key, byte[] row);
    }
}
