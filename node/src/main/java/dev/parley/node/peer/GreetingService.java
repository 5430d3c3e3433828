package dev.parley.node.peer;

import dev.parley.node.peer.wire.GreetReply;
import dev.parley.node.peer.wire.GreetRequest;
import dev.parley.node.peer.wire.GreetingGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers a node that says who it is; served from the start on, when the groups are not open yet.
final class GreetingService extends GreetingGrpc.GreetingImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(GreetingService.class);

    private final PeerServer.Identity identity;
    private final KnownPeers known;

    GreetingService(PeerServer.Identity identity, KnownPeers known) {
        this.identity = identity;
        this.known = known;
    }

    @Override
    public void greet(GreetRequest request, StreamObserver<GreetReply> reply) {
        if (!request.getClusterId().equals(identity.clusterId())) {
            refuse(reply, Status.FAILED_PRECONDITION, "node " + identity.nodeId() + " is of another cluster");
            return;
        }
        if (request.getEmptied()) {
            LOG.warn("peer lost its data directory and waits to be let in: node={}", request.getNodeId());
            known.replace(request.getNodeId(), request.getIncarnation());
        }
        Optional<String> other = known.meet(request.getNodeId(), request.getIncarnation());
        if (other.isPresent()) {
            LOG.warn(
                    "peer has another data directory: node={} known={} now={}",
                    request.getNodeId(),
                    other.get(),
                    request.getIncarnation());
            refuse(
                    reply,
                    Status.ALREADY_EXISTS,
                    request.getNodeId() + " is known by the data directory " + other.get());
            return;
        }
        reply.onNext(GreetReply.newBuilder()
                .setNodeId(identity.nodeId())
                .setVersion(identity.version())
                .setIncarnation(identity.incarnation())
                .build());
        reply.onCompleted();
    }

    private static void refuse(StreamObserver<GreetReply> reply, Status status, String why) {
        reply.onError(status.withDescription(why).asRuntimeException());
    }
}
