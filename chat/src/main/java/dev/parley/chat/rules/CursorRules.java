package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand.AdvanceDelivered;
import dev.parley.chat.ChatCommand.AdvanceRead;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DevicePosition;
import dev.parley.chat.Refusal;
import dev.parley.chat.view.Conversation;
import dev.parley.chat.view.ConversationView;
import dev.parley.chat.view.Member;
import dev.parley.chat.view.Member.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How far members have read and received: never backwards, never past the head.
final class CursorRules {

    static Decision advanceRead(ConversationView view, AdvanceRead read) {
        return switch (Admission.of(view, read.conversationId(), read.readerId())) {
            case Admission.Denied denied -> denied.decision();
            case Admission.Admitted(var conversation, var reader) -> advanceRead(view, conversation, reader, read);
        };
    }

    private static Decision advanceRead(
            ConversationView view, Conversation conversation, Member reader, AdvanceRead read) {
        if (read.throughSeq() > conversation.head().seq()) {
            return pastHead("readThroughSeq", read.throughSeq(), conversation);
        }
        if (read.throughSeq() <= reader.read().seq()) {
            return Decision.accepted(new ChatAnswer.CursorAdvanced(reader.read().seq()));
        }
        Position position = position(view, conversation, read.throughSeq());
        List<ChatEvent> events = new ArrayList<>(2);
        if (read.hidden() && read.throughSeq() > reader.deliveredSeq()) {
            // What is read was delivered, and that the others may know.
            events.add(new ChatEvent.DeliveredAdvanced(read.conversationId(), read.readerId(), read.throughSeq()));
        }
        events.add(new ChatEvent.ReadAdvanced(read.conversationId(), read.readerId(), position, read.hidden()));
        return new Decision.Accepted(events, new ChatAnswer.CursorAdvanced(read.throughSeq()));
    }

    static Decision advanceDelivered(ConversationView view, AdvanceDelivered delivered) {
        return switch (Admission.of(view, delivered.conversationId(), delivered.receiverId())) {
            case Admission.Denied denied -> denied.decision();
            case Admission.Admitted(var conversation, var receiver) ->
                advanceDelivered(conversation, receiver, delivered);
        };
    }

    private static Decision advanceDelivered(Conversation conversation, Member receiver, AdvanceDelivered delivered) {
        if (delivered.throughSeq() > conversation.head().seq()) {
            return pastHead("deliveredThroughSeq", delivered.throughSeq(), conversation);
        }
        List<ChatEvent> events = new ArrayList<>(2);
        deviceAdvanced(receiver, delivered).ifPresent(events::add);
        if (delivered.throughSeq() > receiver.deliveredSeq()) {
            events.add(new ChatEvent.DeliveredAdvanced(
                    delivered.conversationId(), delivered.receiverId(), delivered.throughSeq()));
        }
        return new Decision.Accepted(
                events, new ChatAnswer.CursorAdvanced(Math.max(receiver.deliveredSeq(), delivered.throughSeq())));
    }

    /// Nothing that a member may not see counts as received.
    private static Optional<ChatEvent> deviceAdvanced(Member receiver, AdvanceDelivered delivered) {
        if (delivered.deviceId().isEmpty() || delivered.throughSeq() < receiver.joinedSeq()) {
            return Optional.empty();
        }
        List<DevicePosition> devices = DevicePosition.advanced(
                receiver.devices(), new DevicePosition(delivered.deviceId(), delivered.throughSeq()));
        return devices.equals(receiver.devices())
                ? Optional.empty()
                : Optional.of(
                        new ChatEvent.DeviceAdvanced(delivered.conversationId(), delivered.receiverId(), devices));
    }

    private static Position position(ConversationView view, Conversation conversation, long seq) {
        if (seq == conversation.head().seq()) {
            return new Position(seq, conversation.head().ordinal());
        }
        ConversationRecord record = view.record(conversation.conversationId(), seq)
                .orElseThrow(() -> new IllegalStateException(
                        "record %d of %s is missing".formatted(seq, conversation.conversationId())));
        return new Position(seq, record.ordinal());
    }

    private static Decision pastHead(String field, long throughSeq, Conversation conversation) {
        return Decision.refused(
                Refusal.INVALID_FIELD,
                "%s must not be past the head: %d, the head is %d"
                        .formatted(field, throughSeq, conversation.head().seq()));
    }

    private CursorRules() {}
}
