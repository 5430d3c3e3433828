package dev.parley.node.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.parley.chat.ChatAnswer;
import dev.parley.node.peer.wire.Answer;
import dev.parley.node.peer.wire.Applied;
import dev.parley.node.peer.wire.ConversationOpened;
import dev.parley.node.peer.wire.CursorAdvanced;
import dev.parley.node.peer.wire.DeviceRegistered;
import dev.parley.node.peer.wire.Done;
import dev.parley.node.peer.wire.MembersChanged;
import dev.parley.node.peer.wire.MessagePosted;
import dev.parley.node.peer.wire.NotLeader;
import dev.parley.node.peer.wire.SubmitReply;
import dev.parley.node.peer.wire.SubmitRequest;
import dev.parley.node.peer.wire.Unavailable;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SubmitOutcome;
import java.util.List;
import java.util.Optional;

/// Submits and their outcomes, to the messages of `peer.proto` and back.
final class SubmitCodec {
    private SubmitCodec() {}

    static SubmitRequest request(GroupId group, List<byte[]> commands) {
        SubmitRequest.Builder request = SubmitRequest.newBuilder().setGroup(group.name());
        for (byte[] command : commands) {
            // The arrays are not changed after they were encoded.
            request.addCommands(UnsafeByteOperations.unsafeWrap(command));
        }
        return request.build();
    }

    static List<byte[]> commands(SubmitRequest request) {
        return request.getCommandsList().stream().map(ByteString::toByteArray).toList();
    }

    static SubmitReply reply(SubmitOutcome<ChatAnswer> outcome) {
        SubmitReply.Builder reply = SubmitReply.newBuilder();
        switch (outcome) {
            case SubmitOutcome.Applied<ChatAnswer> applied -> {
                Applied.Builder answers = Applied.newBuilder().setLogIndex(applied.logIndex());
                applied.answers().forEach(answer -> answers.addAnswers(answer(answer)));
                reply.setApplied(answers);
            }
            case SubmitOutcome.Refused<ChatAnswer> refused -> reply.setRefused(refused.reason());
            case SubmitOutcome.NotLeader<ChatAnswer> notLeader -> reply.setNotLeader(notLeader(notLeader.leader()));
            case SubmitOutcome.Unavailable<ChatAnswer> unavailable ->
                reply.setUnavailable(Unavailable.newBuilder()
                        .setCause(cause(unavailable.cause()))
                        .setReason(unavailable.reason()));
            case SubmitOutcome.Unknown<ChatAnswer> unknown -> reply.setUnknown(unknown.reason());
        }
        return reply.build();
    }

    static SubmitOutcome<ChatAnswer> outcome(SubmitReply reply) {
        return switch (reply.getOutcomeCase()) {
            case APPLIED ->
                new SubmitOutcome.Applied<>(
                        reply.getApplied().getAnswersList().stream()
                                .map(SubmitCodec::answer)
                                .toList(),
                        reply.getApplied().getLogIndex());
            case REFUSED -> new SubmitOutcome.Refused<>(reply.getRefused());
            case NOT_LEADER -> new SubmitOutcome.NotLeader<>(leader(reply.getNotLeader()));
            case UNAVAILABLE ->
                new SubmitOutcome.Unavailable<>(
                        cause(reply.getUnavailable().getCause()),
                        reply.getUnavailable().getReason());
            case UNKNOWN -> new SubmitOutcome.Unknown<>(reply.getUnknown());
            case OUTCOME_NOT_SET -> new SubmitOutcome.Unknown<>("the peer answered with an outcome of a newer release");
        };
    }

    static NotLeader notLeader(Optional<NodeId> leader) {
        return NotLeader.newBuilder()
                .setLeader(leader.map(NodeId::value).orElse(""))
                .build();
    }

    static Optional<NodeId> leader(NotLeader notLeader) {
        return notLeader.getLeader().isEmpty() ? Optional.empty() : Optional.of(new NodeId(notLeader.getLeader()));
    }

    static dev.parley.node.peer.wire.Refusal refusal(dev.parley.chat.Refusal refusal, String detail) {
        return dev.parley.node.peer.wire.Refusal.newBuilder()
                .setRefusal(refusal.name())
                .setDetail(detail)
                .build();
    }

    static dev.parley.chat.Refusal refusal(dev.parley.node.peer.wire.Refusal refusal) {
        return dev.parley.chat.Refusal.valueOf(refusal.getRefusal());
    }

    private static Answer answer(ChatAnswer answer) {
        Answer.Builder wire = Answer.newBuilder();
        switch (answer) {
            case ChatAnswer.ConversationOpened opened ->
                wire.setConversationOpened(ConversationOpened.newBuilder()
                        .setConversationId(opened.conversationId())
                        .setExisted(opened.existed()));
            case ChatAnswer.MessagePosted posted ->
                wire.setMessagePosted(MessagePosted.newBuilder()
                        .setMessageId(posted.messageId())
                        .setSeq(posted.seq())
                        .setCreatedAtMillis(posted.createdAtMillis())
                        .setDuplicate(posted.duplicate()));
            case ChatAnswer.MembersChanged changed ->
                wire.setMembersChanged(MembersChanged.newBuilder().setSeq(changed.seq()));
            case ChatAnswer.CursorAdvanced advanced ->
                wire.setCursorAdvanced(CursorAdvanced.newBuilder().setThroughSeq(advanced.throughSeq()));
            case ChatAnswer.DeviceRegistered registered ->
                wire.setDeviceRegistered(DeviceRegistered.newBuilder().setGeneration(registered.generation()));
            case ChatAnswer.Done _ -> wire.setDone(Done.getDefaultInstance());
            case ChatAnswer.Refused refused -> wire.setRefused(refusal(refused.refusal(), refused.detail()));
        }
        return wire.build();
    }

    private static ChatAnswer answer(Answer wire) {
        return switch (wire.getKindCase()) {
            case CONVERSATION_OPENED ->
                new ChatAnswer.ConversationOpened(
                        wire.getConversationOpened().getConversationId(),
                        wire.getConversationOpened().getExisted());
            case MESSAGE_POSTED -> {
                MessagePosted posted = wire.getMessagePosted();
                yield new ChatAnswer.MessagePosted(
                        posted.getMessageId(), posted.getSeq(), posted.getCreatedAtMillis(), posted.getDuplicate());
            }
            case MEMBERS_CHANGED ->
                new ChatAnswer.MembersChanged(wire.getMembersChanged().getSeq());
            case CURSOR_ADVANCED ->
                new ChatAnswer.CursorAdvanced(wire.getCursorAdvanced().getThroughSeq());
            case DEVICE_REGISTERED ->
                new ChatAnswer.DeviceRegistered(wire.getDeviceRegistered().getGeneration());
            case DONE -> new ChatAnswer.Done();
            case REFUSED ->
                new ChatAnswer.Refused(
                        refusal(wire.getRefused()), wire.getRefused().getDetail());
            case KIND_NOT_SET -> throw new IllegalArgumentException("the peer answered with a kind of a newer release");
        };
    }

    static Unavailable.Cause cause(SubmitOutcome.Cause cause) {
        return switch (cause) {
            case OVERLOADED -> Unavailable.Cause.OVERLOADED;
            case DISK_LOW -> Unavailable.Cause.DISK_LOW;
            case NOT_READY -> Unavailable.Cause.NOT_READY;
            case CLOSED -> Unavailable.Cause.CLOSED;
        };
    }

    static SubmitOutcome.Cause cause(Unavailable.Cause cause) {
        return switch (cause) {
            case OVERLOADED -> SubmitOutcome.Cause.OVERLOADED;
            case DISK_LOW -> SubmitOutcome.Cause.DISK_LOW;
            case CLOSED -> SubmitOutcome.Cause.CLOSED;
            case NOT_READY, CAUSE_UNSPECIFIED, UNRECOGNIZED -> SubmitOutcome.Cause.NOT_READY;
        };
    }
}
