package dev.parley.node.peer;

import dev.parley.node.peer.wire.DigestReply;
import dev.parley.node.peer.wire.DigestRequest;
import dev.parley.node.scrub.DigestSource;
import dev.parley.node.scrub.LocalDigests;
import dev.parley.node.scrub.RangeDigest;
import dev.parley.node.scrub.TablePlace;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.table.Family;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;

/// Digests over the peer ports; this node itself is asked without any.
public record RemoteDigests(NodeId self, LocalDigests local, PeerChannels channels) implements DigestSource {
    /// Waiting for the index, and reading.
    private static final Duration LIMIT = WAIT.multipliedBy(3);

    @Override
    public Answer ask(NodeId node, Question question) {
        if (node.equals(self)) {
            return local.ask(question);
        }
        try {
            return answer(channels.fleet(node, LIMIT)
                    .digest(DigestRequest.newBuilder()
                            .setGroup(question.group().name())
                            .setLogIndex(question.logIndex())
                            .setFamily(question.from().family().name())
                            .setKey(question.from().key())
                            .setBytesMax(question.bytesMax())
                            .build()));
        } catch (StatusRuntimeException e) {
            return new Answer.Silent(PeerChannels.describe(Status.fromThrowable(e)));
        }
    }

    static Question question(DigestRequest request) {
        return new Question(
                new GroupId(request.getGroup()),
                request.getLogIndex(),
                new TablePlace(Family.valueOf(request.getFamily()), request.getKey()),
                request.getBytesMax());
    }

    static DigestReply reply(Answer answer) {
        DigestReply.Builder reply = DigestReply.newBuilder();
        switch (answer) {
            case Answer.At(RangeDigest range) -> {
                reply.setDigest(range.digest()).setRows(range.rows()).setBytes(range.bytes());
                range.next()
                        .ifPresent(next ->
                                reply.setNextFamily(next.family().name()).setNextKey(next.key()));
            }
            case Answer.Missed(long appliedIndex, String reason) ->
                reply.setAppliedIndex(appliedIndex).setReason(reason);
            case Answer.Silent(String reason) -> reply.setAppliedIndex(-1).setReason(reason);
        }
        return reply.build();
    }

    private static Answer answer(DigestReply reply) {
        if (reply.getDigest().isEmpty()) {
            return reply.getAppliedIndex() < 0
                    ? new Answer.Silent(reply.getReason())
                    : new Answer.Missed(reply.getAppliedIndex(), reply.getReason());
        }
        Optional<TablePlace> next = reply.getNextFamily().isEmpty()
                ? Optional.empty()
                : Optional.of(new TablePlace(Family.valueOf(reply.getNextFamily()), reply.getNextKey()));
        return new Answer.At(new RangeDigest(reply.getDigest(), reply.getRows(), reply.getBytes(), next));
    }
}
