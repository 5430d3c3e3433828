package dev.parley.protocol;

import java.time.Instant;

/// One record of a conversation as clients see it, in REST pages, `message.new` and `sync.batch`.
///
/// @param conversationSeq position in the conversation, dense from 1
/// @param createdAt when the leader accepted it, to the millisecond
public record Message(
        String messageId,
        String conversationId,
        long conversationSeq,
        String senderId,
        Instant createdAt,
        MessageBody body) {}
