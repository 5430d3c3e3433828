package dev.parley.node.peer;

import com.google.protobuf.UnsafeByteOperations;
import dev.parley.node.cluster.ClusterView;
import dev.parley.node.log.ClusterCodec;
import dev.parley.node.peer.wire.ClusterStateReply;
import dev.parley.node.peer.wire.ClusterStateRequest;
import dev.parley.node.peer.wire.RegistryGrpc;
import dev.parley.node.system.ClusterState;
import io.grpc.stub.StreamObserver;

/// Tells other nodes what this one knows of the cluster.
final class RegistryService extends RegistryGrpc.RegistryImplBase {
    private final ClusterView view;

    RegistryService(ClusterView view) {
        this.view = view;
    }

    @Override
    public void clusterState(ClusterStateRequest request, StreamObserver<ClusterStateReply> reply) {
        ClusterState state = view.state();
        ClusterStateReply.Builder answer = ClusterStateReply.newBuilder();
        if (state.version() > request.getKnownVersion()) {
            answer.setState(UnsafeByteOperations.unsafeWrap(ClusterCodec.encode(state)));
        }
        reply.onNext(answer.build());
        reply.onCompleted();
    }
}
