package dev.parley.node.machine;

import dev.parley.chat.rules.ChatEvent;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.tables.WritableChatTables;
import java.util.List;

/// Writes events to the tables: one method for each event, none of which decides anything. Lives for one entry.
final class EventAppliers {
    private final WritableChatTables tables;
    private final List<Delivery> deliveries;
    private final ConversationAppliers conversations;
    private final UserAppliers users;

    /// Appliers for one entry.
    ///
    /// @param deliveries where the deliveries go that the events cause
    EventAppliers(WritableChatTables tables, List<Delivery> deliveries) {
        this.tables = tables;
        this.deliveries = deliveries;
        this.conversations = new ConversationAppliers(tables, deliveries);
        this.users = new UserAppliers(tables, deliveries);
    }

    /// The entry ends.
    void finish() {
        users.finish();
    }

    void apply(ChatEvent event) {
        switch (event) {
            case ChatEvent.OnConversation happened -> conversations.apply(happened);
            case ChatEvent.OnUser happened -> users.apply(happened);
            case ChatEvent.DeadLetterPut(var numbered) -> tables.putDeadLetter(numbered);
            case ChatEvent.DeadLetterRemoved(long number, boolean overflow) ->
                tables.removeDeadLetter(number, overflow);
            case ChatEvent.DeadLetterRetried(long number, var content) -> {
                tables.removeDeadLetter(number, false);
                deliveries.add(tables.putDelivery(new Delivery.Retried(content)));
            }
            case ChatEvent.OutboxCheckpointAdvanced(long throughNumber) -> tables.outboxNoted(throughNumber);
            case ChatEvent.PushCheckpointAdvanced(long throughNumber) -> tables.pushNoted(throughNumber);
            case ChatEvent.MembershipCheckpointAdvanced(long throughNumber) -> tables.membershipNoted(throughNumber);
        }
    }
}
