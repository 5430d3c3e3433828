package dev.parley.node.peer;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Proves that a caller is a node of this cluster: a token derived from the cluster's secret travels with each
/// call.
/// With TLS each node also shows its certificate; without, keep peer ports on a trusted network.
///
/// @param token derived from the secret for this purpose alone
public record PeerCredentials(String token, Optional<PeerTls> tls) {

    private static final Logger LOG = LoggerFactory.getLogger(PeerCredentials.class);
    private static final Metadata.Key<String> KEY = Metadata.Key.of("parley-peer", Metadata.ASCII_STRING_MARSHALLER);

    /// Without TLS.
    public PeerCredentials(String token) {
        this(token, Optional.empty());
    }

    @Override
    public String toString() {
        return "PeerCredentials[token=hidden]";
    }

    /// The same, over TLS.
    public PeerCredentials over(Optional<PeerTls> layer) {
        return new PeerCredentials(token, layer);
    }

    CallCredentials onCalls() {
        return new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
                Metadata metadata = new Metadata();
                metadata.put(KEY, token);
                applier.apply(metadata);
            }
        };
    }

    ServerInterceptor onServer() {
        return new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                String given = headers.get(KEY);
                if (given != null && MessageDigest.isEqual(bytes(given), bytes(token))) {
                    return next.startCall(call, headers);
                }
                LOG.warn(
                        "peer refused: reason=no-valid-token call={}",
                        call.getMethodDescriptor().getFullMethodName());
                call.close(Status.UNAUTHENTICATED.withDescription("not a node of this cluster"), new Metadata());
                return new ServerCall.Listener<>() {};
            }
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
