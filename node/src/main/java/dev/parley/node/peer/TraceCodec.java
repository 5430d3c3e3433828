package dev.parley.node.peer;

import dev.parley.chat.ChatQuery;
import dev.parley.chat.LogPlace;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.peer.wire.MessageTraceQuery;
import dev.parley.node.peer.wire.MessageTraced;
import dev.parley.node.peer.wire.TracedPush;
import dev.parley.node.peer.wire.TracedRecord;
import dev.parley.node.peer.wire.UserTraceQuery;
import dev.parley.node.peer.wire.UserTraced;
import java.util.Optional;

/// Traces of messages, to the messages of `peer.proto` and back.
final class TraceCodec {

    static MessageTraceQuery wire(ChatQuery.MessageTrace query) {
        return MessageTraceQuery.newBuilder()
                .setConversationId(query.conversationId())
                .setMessage(query.message())
                .build();
    }

    static ChatQuery query(MessageTraceQuery wire) {
        return new ChatQuery.MessageTrace(wire.getConversationId(), wire.getMessage());
    }

    static UserTraceQuery wire(ChatQuery.UserTrace query) {
        return UserTraceQuery.newBuilder()
                .setUserId(query.userId())
                .setConversationId(query.conversationId())
                .setSeq(query.seq())
                .build();
    }

    static ChatQuery query(UserTraceQuery wire) {
        return new ChatQuery.UserTrace(wire.getUserId(), wire.getConversationId(), wire.getSeq());
    }

    static MessageTraced wire(QueryAnswer.MessageTraced traced) {
        MessageTraced.Builder wire = MessageTraced.newBuilder().setHeadSeq(traced.headSeq());
        traced.found().ifPresent(found -> wire.setFound(wire(found)));
        return wire.build();
    }

    static QueryAnswer traced(MessageTraced wire) {
        return new QueryAnswer.MessageTraced(
                wire.hasFound() ? Optional.of(record(wire.getFound())) : Optional.empty(), wire.getHeadSeq());
    }

    static UserTraced wire(QueryAnswer.UserTraced traced) {
        UserTraced.Builder wire = UserTraced.newBuilder().setListedSeq(traced.listedSeq());
        traced.pushes()
                .forEach(push -> wire.addPushes(TracedPush.newBuilder()
                        .setProvider(push.provider())
                        .setSeq(push.seq())
                        .setAtMillis(push.atMillis())
                        .setOutcome(push.outcome())));
        traced.letters().forEach(letter -> wire.addLetters(DeadLetterCodec.wire(letter)));
        return wire.build();
    }

    static QueryAnswer traced(UserTraced wire) {
        return new QueryAnswer.UserTraced(
                wire.getListedSeq(),
                wire.getPushesList().stream()
                        .map(push -> new QueryAnswer.TracedPush(
                                push.getProvider(), push.getSeq(), push.getAtMillis(), push.getOutcome()))
                        .toList(),
                wire.getLettersList().stream().map(DeadLetterCodec::numbered).toList());
    }

    private static TracedRecord wire(QueryAnswer.TracedRecord record) {
        TracedRecord.Builder wire = TracedRecord.newBuilder()
                .setSeq(record.seq())
                .setMessageId(record.messageId())
                .setSenderId(record.senderId())
                .setCreatedAtMillis(record.createdAtMillis())
                .setPending(record.pending());
        record.place().ifPresent(place -> wire.setLogTerm(place.term()).setLogIndex(place.index()));
        record.members().forEach(member -> wire.addMembers(QueryCodec.wire(member)));
        record.letters().forEach(letter -> wire.addLetters(DeadLetterCodec.wire(letter)));
        return wire.build();
    }

    private static QueryAnswer.TracedRecord record(TracedRecord wire) {
        return new QueryAnswer.TracedRecord(
                wire.getSeq(),
                wire.getMessageId(),
                wire.getSenderId(),
                wire.getCreatedAtMillis(),
                wire.getLogIndex() == 0
                        ? Optional.empty()
                        : Optional.of(new LogPlace(wire.getLogTerm(), wire.getLogIndex())),
                wire.getPending(),
                wire.getMembersList().stream().map(QueryCodec::member).toList(),
                wire.getLettersList().stream().map(DeadLetterCodec::numbered).toList());
    }

    private TraceCodec() {}
}
