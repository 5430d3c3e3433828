package dev.parley.node.delivery;

import java.util.List;

/// A member is writing, or has stopped. It is told to who is live now and then forgotten: no number, no row.
///
/// @param recipientIds whose sessions should hear of it
public record TypingNotice(String conversationId, String userId, boolean active, List<String> recipientIds) {
    public TypingNotice {
        recipientIds = List.copyOf(recipientIds);
    }
}
