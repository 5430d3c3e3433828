package dev.parley.node.tables;

import dev.parley.chat.ChatLimits;
import dev.parley.raftstorage.table.TableReader.Direction;
import dev.parley.raftstorage.table.TableReader.Next;
import dev.parley.raftstorage.table.TableWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Forgets posts whose retries need no answer any longer, a few with each entry.
///
/// What it deletes depends on the tables and the stamp alone, so replicas agree; what it remembers only saves scans
/// that would find nothing, or would wade through the tombstones of what it deleted. Owned by the group's apply thread.
public final class PostedExpiry {
    private static final byte[] TABLE_END = Keys.end(Keys.prefix(Table.POSTED_EXPIRY));

    /// No row lies before this key.
    private byte[] first = Keys.prefix(Table.POSTED_EXPIRY);

    /// No row expires before this time.
    private long quietUntilMillis;

    /// Forgets what it knew: the tables are others now.
    public void clear() {
        first = Keys.prefix(Table.POSTED_EXPIRY);
        quietUntilMillis = 0;
    }

    /// Deletes the posts that expired, oldest first.
    ///
    /// @param limit posts at most; more than an entry adds, so that the table cannot outgrow the pruning
    void prune(TableWriter tables, long nowMillis, int limit) {
        if (nowMillis < quietUntilMillis) {
            return;
        }
        // A row written from now on expires a full term from now at the earliest.
        quietUntilMillis = nowMillis + ChatLimits.POSTED_KEPT_MILLIS;
        List<Row> due = new ArrayList<>();
        tables.scan(Table.POSTED_EXPIRY.family(), first, TABLE_END, Direction.ASCENDING, (key, postedKey) -> {
            long expiresMillis = ByteBuffer.wrap(key).getLong(1);
            if (expiresMillis > nowMillis || due.size() == limit) {
                quietUntilMillis = expiresMillis;
                return Next.STOP;
            }
            due.add(new Row(key, postedKey));
            return Next.CONTINUE;
        });
        for (Row row : due) {
            tables.delete(Table.POSTED.family(), row.postedKey());
            tables.delete(Table.POSTED_EXPIRY.family(), row.key());
            first = row.key();
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Lives within one call and is never compared.
    private record Row(byte[] key, byte[] postedKey) {}
}
