package dev.parley.node.machine;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.LogPlace;
import dev.parley.chat.rules.ChatEvent;
import dev.parley.chat.rules.ChatRules;
import dev.parley.chat.rules.CommandStamp;
import dev.parley.chat.rules.Decision;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.DeliverySink;
import dev.parley.node.log.CommandCodec;
import dev.parley.node.tables.ConversationCache;
import dev.parley.node.tables.Counters;
import dev.parley.node.tables.PostedExpiry;
import dev.parley.node.tables.WritableChatTables;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.Stamp;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableWriter;
import java.util.ArrayList;
import java.util.List;

/// One replica of a partition: decodes each command, lets the rules decide on the tables as they are, applies
/// the
/// events, and tells the sink once they are written. Owned by the group's apply thread.
public final class ChatMachine implements ReplicatedMachine<ChatAnswer> {
    private final DeliverySink sink;
    private final ConversationCache conversations = new ConversationCache();
    private final PostedExpiry expiry = new PostedExpiry();
    private final List<Delivery> unwritten = new ArrayList<>();
    private Counters counters = Counters.START;

    /// A replica that is not open yet.
    ///
    /// @param sink told of deliveries in order, and of every opening
    public ChatMachine(DeliverySink sink) {
        this.sink = sink;
    }

    @Override
    public void opened(TableReader tables) {
        conversations.clear();
        expiry.clear();
        unwritten.clear();
        counters = WritableChatTables.storedCounters(tables);
        sink.reset(counters.nextDelivery());
    }

    @Override
    public List<ChatAnswer> apply(Stamp stamp, List<byte[]> commands, TableWriter tables) {
        WritableChatTables writable =
                new WritableChatTables(tables, new LogPlace(stamp.term(), stamp.logIndex()), conversations, counters);
        EventAppliers appliers = new EventAppliers(writable, unwritten);
        List<ChatAnswer> answers = new ArrayList<>(commands.size());
        for (int index = 0; index < commands.size(); index++) {
            ChatCommand command = CommandCodec.decode(commands.get(index));
            CommandStamp commandStamp = new CommandStamp(stamp.epochMillis(), stamp.entropy(), index);
            Decision decision = ChatRules.decide(writable, command, commandStamp);
            for (ChatEvent event : decision.events()) {
                appliers.apply(event);
            }
            answers.add(decision.answer());
        }
        appliers.finish();
        counters = writable.finish(expiry, stamp.epochMillis());
        return answers;
    }

    @Override
    public void written(Stamp stamp) {
        if (!unwritten.isEmpty()) {
            sink.append(List.copyOf(unwritten));
            unwritten.clear();
        }
    }
}
