package dev.parley.raftstorage.ratis;

import java.util.EnumSet;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;

/// Lets nothing through Ratis' port but what replicas say to each other. The same server would also take commands
/// and orders to reconfigure or remove groups from whoever connects; ours come from within the process.
final class PeerTrafficOnly implements GrpcServices.Customizer, ServerInterceptor {
    private static final String PEER_SERVICE = "ratis.grpc.RaftServerProtocolService";

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        return builder.intercept(this);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (PEER_SERVICE.equals(call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        call.close(Status.PERMISSION_DENIED.withDescription("this port is for replicas only"), new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
