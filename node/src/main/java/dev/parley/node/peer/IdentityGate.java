package dev.parley.node.peer;

import dev.parley.node.peer.wire.FleetGrpc;
import dev.parley.node.peer.wire.GreetingGrpc;
import dev.parley.node.peer.wire.RegistryGrpc;
import dev.parley.node.tls.NodeTrust;
import dev.parley.node.tls.Refusal;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Lets only members of the cluster call, by the certificate that they showed when they connected. Every
/// message of a
/// call is judged, so that a node that is removed meanwhile, or whose certificate expires, neither is heard nor
/// hears
/// more. A node that is no member may ask to be let in, and nothing else.
final class IdentityGate implements ServerInterceptor {
    private final NodeTrust trust;

    IdentityGate(NodeTrust trust) {
        this.trust = trust;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        boolean forStrangers = isForStrangers(call.getMethodDescriptor());
        X509Certificate shown = shown(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
        if (shown == null) {
            call.close(PeerTls.refusal("none was shown"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        Optional<Refusal> refusal = trust.judge(shown, forStrangers);
        if (refusal.isPresent()) {
            call.close(PeerTls.refusal(word(refusal.get())), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        Judged<Q, R> judged = new Judged<>(call, shown, forStrangers);
        return new SimpleForwardingServerCallListener<>(next.startCall(judged, headers)) {
            @Override
            public void onMessage(Q message) {
                if (judged.mayGoOn()) {
                    super.onMessage(message);
                }
            }
        };
    }

    /// A call that ends as soon as its caller may not go on; what is sent after that is dropped.
    private final class Judged<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private final X509Certificate shown;
        private final boolean forStrangers;
        private volatile boolean ended;

        Judged(ServerCall<Q, R> call, X509Certificate shown, boolean forStrangers) {
            super(call);
            this.shown = shown;
            this.forStrangers = forStrangers;
        }

        synchronized boolean mayGoOn() {
            if (ended) {
                return false;
            }
            Optional<Refusal> refusal = trust.judge(shown, forStrangers);
            refusal.ifPresent(reason -> close(PeerTls.refusal(word(reason)), new Metadata()));
            return refusal.isEmpty();
        }

        @Override
        public synchronized void sendMessage(R message) {
            if (mayGoOn()) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!ended) {
                ended = true;
                super.close(status, trailers);
            }
        }

        @Override
        public boolean isReady() {
            return !ended && super.isReady();
        }
    }

    private static boolean isForStrangers(MethodDescriptor<?, ?> method) {
        String service = String.valueOf(method.getServiceName());
        return service.equals(GreetingGrpc.SERVICE_NAME)
                || service.equals(RegistryGrpc.SERVICE_NAME)
                || method.getFullMethodName().equals(FleetGrpc.getJoinMethod().getFullMethodName());
    }

    private static @Nullable X509Certificate shown(@Nullable SSLSession session) {
        try {
            return session != null && session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? certificate
                    : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    private static String word(Refusal refusal) {
        return refusal.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
