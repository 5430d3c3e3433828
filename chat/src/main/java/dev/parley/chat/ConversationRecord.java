package dev.parley.chat;

/// One entry of a conversation's log.
///
/// @param seq dense from 1
/// @param ordinal how many visible messages the log holds up to and with this record
/// @param createdAtMillis the leader's stamp, milliseconds since 1970
public record ConversationRecord(
        String conversationId,
        long seq,
        long ordinal,
        String messageId,
        String senderId,
        long createdAtMillis,
        RecordBody body) {}
