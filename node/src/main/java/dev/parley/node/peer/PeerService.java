package dev.parley.node.peer;

import dev.parley.node.delivery.DeliverySource;
import dev.parley.node.delivery.TypingNotice;
import dev.parley.node.gate.LocalReplicas;
import dev.parley.node.peer.wire.AskReply;
import dev.parley.node.peer.wire.AskRequest;
import dev.parley.node.peer.wire.ChangeReplicaReply;
import dev.parley.node.peer.wire.ChangeReplicaRequest;
import dev.parley.node.peer.wire.CloseSnapshotReply;
import dev.parley.node.peer.wire.CloseSnapshotRequest;
import dev.parley.node.peer.wire.DeliveryBatch;
import dev.parley.node.peer.wire.FollowReply;
import dev.parley.node.peer.wire.FollowRequest;
import dev.parley.node.peer.wire.OpenSnapshotRequest;
import dev.parley.node.peer.wire.PeerGrpc;
import dev.parley.node.peer.wire.PresenceChanges;
import dev.parley.node.peer.wire.PresenceChangesReply;
import dev.parley.node.peer.wire.PresenceReply;
import dev.parley.node.peer.wire.PresenceReport;
import dev.parley.node.peer.wire.ReadSnapshotReply;
import dev.parley.node.peer.wire.ReadSnapshotRequest;
import dev.parley.node.peer.wire.SessionOpenedReply;
import dev.parley.node.peer.wire.SessionOpenedRequest;
import dev.parley.node.peer.wire.SnapshotManifest;
import dev.parley.node.peer.wire.SubmitReply;
import dev.parley.node.peer.wire.SubmitRequest;
import dev.parley.node.peer.wire.TypingBatch;
import dev.parley.node.peer.wire.TypingReply;
import dev.parley.node.presence.PresenceHost;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicaAdmin;
import dev.parley.raftstorage.SnapshotException;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// What this node does for others. Each call runs on a virtual thread of its own.
final class PeerService extends PeerGrpc.PeerImplBase {

    /// Bytes of one reply with deliveries; a single one may be larger (500 recipients of 64 characters: 33 KB).
    private static final int BATCH_BYTES_MAX = 1 << 20;

    private final PeerServer.Identity identity;
    private final LocalReplicas replicas;
    private final DeliverySource deliveries;
    private final SessionAnnouncer.Listener newerSession;
    private final Consumer<TypingNotice> typing;
    private final PresenceHost presence;
    private final SnapshotDesk snapshots;
    private final Executor streams;
    private final ReplicaAdmin admin;

    PeerService(PeerServer.Identity identity, PeerServer.Services services, SnapshotDesk snapshots, Executor streams) {
        this.identity = identity;
        this.replicas = services.replicas();
        this.admin = services.admin();
        this.deliveries = services.deliveries();
        this.newerSession = services.newerSession();
        this.typing = services.typing();
        this.presence = services.presence();
        this.snapshots = snapshots;
        this.streams = streams;
    }

    @Override
    public void submit(SubmitRequest request, StreamObserver<SubmitReply> reply) {
        // Waits here: the virtual thread costs less than a completion on the group's own thread.
        answer(
                reply,
                SubmitCodec.reply(replicas.submit(new GroupId(request.getGroup()), SubmitCodec.commands(request))
                        .join()));
    }

    @Override
    public void ask(AskRequest request, StreamObserver<AskReply> reply) {
        answer(
                reply,
                QueryCodec.reply(replicas.ask(new GroupId(request.getGroup()), QueryCodec.query(request))
                        .join()));
    }

    @Override
    public void follow(FollowRequest request, StreamObserver<FollowReply> reply) {
        PacedReplies<FollowReply> paced = new PacedReplies<>((ServerCallStreamObserver<FollowReply>) reply);
        // On a thread of its own: gRPC tells of readiness and cancellation only after this method returned.
        streams.execute(() -> stream(request, reply, paced));
    }

    private void stream(FollowRequest request, StreamObserver<FollowReply> reply, PacedReplies<FollowReply> paced) {
        try (DeliverySource.Stream stream =
                deliveries.open(new NodeId(identity.nodeId()), request.getPartition(), request.getAfterNumber())) {
            paced.onCancel(stream::close);
            paced.send(FollowReply.newBuilder().setPosition(stream.position()).build());
            while (true) {
                for (DeliveryBatch batch : RecordCodec.batches(stream.next(), BATCH_BYTES_MAX)) {
                    paced.send(FollowReply.newBuilder().setBatch(batch).build());
                }
            }
        } catch (DeliverySource.Ended ended) {
            paced.end(FollowReply.newBuilder()
                    .setNotLeader(SubmitCodec.notLeader(ended.leader()))
                    .build());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reply.onError(Status.UNAVAILABLE.withDescription("shutting down").asRuntimeException());
        }
    }

    @Override
    public void sessionOpened(SessionOpenedRequest request, StreamObserver<SessionOpenedReply> reply) {
        newerSession.opened(request.getUserId(), request.getDeviceId(), request.getSessionId());
        answer(reply, SessionOpenedReply.getDefaultInstance());
    }

    @Override
    public void typing(TypingBatch request, StreamObserver<TypingReply> reply) {
        RemoteTyping.notices(request).forEach(typing);
        answer(reply, TypingReply.getDefaultInstance());
    }

    @Override
    public void reportPresence(PresenceReport request, StreamObserver<PresenceReply> reply) {
        answer(reply, PresenceCodec.reply(presence.report(PresenceCodec.report(request))));
    }

    @Override
    public void pushPresence(PresenceChanges request, StreamObserver<PresenceChangesReply> reply) {
        presence.hear(PresenceCodec.states(request));
        answer(reply, PresenceChangesReply.getDefaultInstance());
    }

    @Override
    public void openSnapshot(OpenSnapshotRequest request, StreamObserver<SnapshotManifest> reply) {
        try {
            answer(reply, snapshots.open(new GroupId(request.getGroup()), request.getProven()));
        } catch (SnapshotException e) {
            fail(reply, e);
        }
    }

    @Override
    public void readSnapshot(ReadSnapshotRequest request, StreamObserver<ReadSnapshotReply> reply) {
        try {
            answer(reply, snapshots.read(request));
        } catch (SnapshotException e) {
            fail(reply, e);
        }
    }

    @Override
    public void closeSnapshot(CloseSnapshotRequest request, StreamObserver<CloseSnapshotReply> reply) {
        snapshots.close(request.getSnapshotId());
        answer(reply, CloseSnapshotReply.getDefaultInstance());
    }

    @Override
    public void changeReplica(ChangeReplicaRequest request, StreamObserver<ChangeReplicaReply> reply) {
        GroupId group = new GroupId(request.getGroup());
        NodeId node = new NodeId(request.getNodeId());
        GroupStatus status = replicas.groups().status(group);
        if (status.ready() && status.replicas().contains(node) == request.getAdd()) {
            // An earlier request did it, whose answer was lost.
            answer(reply, ChangeReplicaReply.getDefaultInstance());
            return;
        }
        try {
            CompletableFuture<Void> change =
                    request.getAdd() ? admin.addReplica(group, node) : admin.removeReplica(group, node);
            change.join();
            answer(reply, ChangeReplicaReply.getDefaultInstance());
        } catch (CompletionException e) {
            reply.onError(Status.FAILED_PRECONDITION
                    .withDescription(String.valueOf(e.getCause()))
                    .asRuntimeException());
        }
    }

    private static <T> void answer(StreamObserver<T> reply, T value) {
        reply.onNext(value);
        reply.onCompleted();
    }

    private static void fail(StreamObserver<?> reply, SnapshotException e) {
        reply.onError(Status.FAILED_PRECONDITION.withDescription(e.getMessage()).asRuntimeException());
    }
}
