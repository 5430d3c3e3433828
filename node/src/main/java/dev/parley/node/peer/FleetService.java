package dev.parley.node.peer;

import com.google.protobuf.UnsafeByteOperations;
import dev.parley.node.cluster.JoinDesk;
import dev.parley.node.cluster.LocalNode;
import dev.parley.node.cluster.OrderOutcome;
import dev.parley.node.cluster.ReplicaOrder;
import dev.parley.node.log.ClusterCodec;
import dev.parley.node.peer.wire.DigestReply;
import dev.parley.node.peer.wire.DigestRequest;
import dev.parley.node.peer.wire.FleetGrpc;
import dev.parley.node.peer.wire.JoinReply;
import dev.parley.node.peer.wire.JoinRequest;
import dev.parley.node.peer.wire.NodeReport;
import dev.parley.node.peer.wire.OrderReplicaReply;
import dev.parley.node.peer.wire.OrderReplicaRequest;
import dev.parley.node.peer.wire.ReportRequest;
import dev.parley.node.peer.wire.SubmitClusterReply;
import dev.parley.node.peer.wire.SubmitClusterRequest;
import dev.parley.node.scrub.LocalDigests;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/// What this node does as one of the fleet. Each call runs on a virtual thread of its own.
final class FleetService extends FleetGrpc.FleetImplBase {
    private static final Duration SUBMIT = Duration.ofSeconds(5);

    private final LocalNode local;
    private final LocalDigests digests;
    private final JoinDesk joins;

    FleetService(LocalNode local, LocalDigests digests, JoinDesk joins) {
        this.local = local;
        this.digests = digests;
        this.joins = joins;
    }

    @Override
    public void submitCluster(SubmitClusterRequest request, StreamObserver<SubmitClusterReply> reply) {
        answer(reply, FleetCodec.reply(local.submit(request.getCommand().toByteArray(), SUBMIT)));
    }

    @Override
    public void join(JoinRequest request, StreamObserver<JoinReply> reply) {
        JoinDesk.Candidate candidate = new JoinDesk.Candidate(
                FleetCodec.node(request), request.getClusterId(), request.getToken(), request.getPartitions());
        JoinReply.Builder answer = JoinReply.newBuilder();
        switch (joins.ask(candidate)) {
            case JoinDesk.Reply.Welcome(var state) ->
                answer.setWelcome(UnsafeByteOperations.unsafeWrap(ClusterCodec.encode(state)));
            case JoinDesk.Reply.Refused(String why) -> answer.setRefused(why);
            case JoinDesk.Reply.Later(String why) -> answer.setLater(why);
        }
        answer(reply, answer.build());
    }

    @Override
    public void report(ReportRequest request, StreamObserver<NodeReport> reply) {
        answer(reply, FleetCodec.report(local.report()));
    }

    @Override
    public void orderReplica(OrderReplicaRequest request, StreamObserver<OrderReplicaReply> reply) {
        ReplicaOrder order = new ReplicaOrder(
                ReplicaOrder.Kind.valueOf(request.getKind()),
                new GroupId(request.getGroup()),
                new NodeId(request.getSubject()));
        switch (local.order(order, Duration.ofMillis(request.getLimitMillis()))) {
            case OrderOutcome.Done() -> answer(reply, OrderReplicaReply.getDefaultInstance());
            case OrderOutcome.NotNow(String reason) ->
                reply.onError(Status.FAILED_PRECONDITION.withDescription(reason).asRuntimeException());
        }
    }

    @Override
    public void digest(DigestRequest request, StreamObserver<DigestReply> reply) {
        answer(reply, RemoteDigests.reply(digests.ask(RemoteDigests.question(request))));
    }

    private static <T> void answer(StreamObserver<T> reply, T value) {
        reply.onNext(value);
        reply.onCompleted();
    }
}
