package dev.parley.raftstorage.ratis;

import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Grpc;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.jspecify.annotations.Nullable;

/// Lets nothing through Ratis' port but what replicas say to each other. The same server would also take
/// commands
/// and orders to reconfigure or remove groups from whoever connects; ours come from within the process. With
/// TLS each
/// message is also judged by the certificate that its sender showed, for Ratis asks for no more than that
/// somebody
/// trusted issued it.
final class PeerTrafficOnly implements GrpcServices.Customizer, ServerInterceptor {
    private static final String PEER_SERVICE = "ratis.grpc.RaftServerProtocolService";

    private final Optional<RaftTls> tls;

    PeerTrafficOnly(Optional<RaftTls> tls) {
        this.tls = tls;
    }

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        return builder.intercept(this);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (!PEER_SERVICE.equals(call.getMethodDescriptor().getServiceName())) {
            return refuse(call, Status.PERMISSION_DENIED.withDescription("this port is for replicas only"));
        }
        if (tls.isEmpty()) {
            return next.startCall(call, headers);
        }
        @Nullable SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        Optional<String> refusal = refusal(tls.get(), session);
        if (refusal.isPresent()) {
            return refuse(call, unauthenticated(refusal.get()));
        }
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean ended;

            @Override
            public void onMessage(Q message) {
                if (ended) {
                    return;
                }
                Optional<String> now = refusal(tls.get(), session);
                if (now.isPresent()) {
                    ended = true;
                    // Ratis' handler of the stream may answer at any time: let it end the call itself.
                    super.onCancel();
                    call.close(unauthenticated(now.get()), new Metadata());
                } else {
                    super.onMessage(message);
                }
            }

            @Override
            public void onHalfClose() {
                if (!ended) {
                    super.onHalfClose();
                }
            }

            @Override
            public void onComplete() {
                if (!ended) {
                    super.onComplete();
                }
            }

            @Override
            public void onCancel() {
                if (!ended) {
                    super.onCancel();
                }
            }
        };
    }

    private static <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static Status unauthenticated(String reason) {
        return Status.UNAUTHENTICATED.withDescription("certificate refused: " + reason);
    }

    private static Optional<String> refusal(RaftTls tls, @Nullable SSLSession session) {
        try {
            return session != null && session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? tls.refusal().apply(certificate)
                    : Optional.of("none was shown");
        } catch (SSLPeerUnverifiedException e) {
            return Optional.of("none was shown");
        }
    }
}
