package dev.parley.node.tables;

import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.rules.ChatReader;
import dev.parley.raftstorage.table.TableReader;

/// Answers queries from a partition's tables. Stateless; runs on the leader's read pool.
public final class ChatQueries {

    /// Answers a query about an entity of the partition.
    public static QueryAnswer answer(TableReader tables, ChatQuery query) {
        return ChatReader.answer(new ChatTables(tables), query);
    }

    private ChatQueries() {}
}
