package dev.parley.node.machine;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.DeliverySink;
import dev.parley.node.log.CommandCodec;
import dev.parley.node.tables.ChatQueries;
import dev.parley.raftstorage.Stamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One replica of a partition over sorted maps, and what its sink was told.
public final class Replica implements DeliverySink {
    static final long START_MILLIS = 1_700_000_000_000L;

    final MapTables tables = new MapTables();
    public final List<Delivery> delivered = new ArrayList<>();
    final List<Long> resets = new ArrayList<>();
    private ChatMachine machine = new ChatMachine(this);
    private long logIndex;
    private long nowMillis = START_MILLIS;

    public Replica() {
        machine.opened(tables);
    }

    /// Applies commands in one entry, a millisecond later than the one before.
    List<ChatAnswer> apply(ChatCommand... commands) {
        nowMillis++;
        return apply(stamp(), Arrays.stream(commands).map(CommandCodec::encode).toList());
    }

    List<ChatAnswer> apply(Stamp stamp, List<byte[]> commands) {
        List<ChatAnswer> answers = machine.apply(stamp, commands, tables);
        machine.written(stamp);
        return answers;
    }

    public ChatAnswer applyOne(ChatCommand command) {
        return apply(command).getFirst();
    }

    /// Applies an entry whose writes are never acknowledged to the machine.
    void applyUnwritten(ChatCommand command) {
        nowMillis++;
        machine.apply(stamp(), List.of(CommandCodec.encode(command)), tables);
    }

    public QueryAnswer ask(ChatQuery query) {
        return ChatQueries.answer(tables, query);
    }

    /// Opens the same tables with a machine that has seen nothing.
    void reopen() {
        machine = new ChatMachine(this);
        machine.opened(tables);
    }

    void passMillis(long millis) {
        nowMillis += millis;
    }

    long nowMillis() {
        return nowMillis;
    }

    @Override
    public void reset(long nextNumber) {
        resets.add(nextNumber);
    }

    @Override
    public void append(List<Delivery> deliveries) {
        delivered.addAll(deliveries);
    }

    private Stamp stamp() {
        logIndex++;
        return new Stamp(nowMillis, logIndex * 0x9E3779B97F4A7C15L, 1, logIndex);
    }
}
