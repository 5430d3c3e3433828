package dev.parley.node.wire;

import dev.parley.chat.ConversationRecord;
import dev.parley.chat.RecordBody;
import dev.parley.chat.Role;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import java.time.Instant;
import java.util.Locale;

/// Records of a conversation as clients see them.
public final class Messages {

    public static Message of(ConversationRecord record) {
        return new Message(
                record.messageId(),
                record.conversationId(),
                record.seq(),
                record.senderId(),
                Instant.ofEpochMilli(record.createdAtMillis()),
                body(record.body()));
    }

    /// The wire value of a role.
    public static String role(Role role) {
        return wire(role);
    }

    private static MessageBody body(RecordBody body) {
        return switch (body) {
            case RecordBody.Text text -> new MessageBody.Text(text.text());
            case RecordBody.MembershipChange change ->
                new MessageBody.Membership(
                        wire(change.action()), change.userId(), change.role().map(Messages::wire));
        };
    }

    /// Wire values are names in kebab-case, as those of error codes.
    private static String wire(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private Messages() {}
}
