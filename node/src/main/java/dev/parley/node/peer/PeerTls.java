package dev.parley.node.peer;

import dev.parley.node.tls.NodeTrust;
import dev.parley.node.tls.ReloadableKeys;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLException;

/// TLS between the peer ports of nodes, each of which shows its certificate. Both contexts use the keys as they
/// are at
/// the time of each handshake.
///
/// @param gate looks at each call
public record PeerTls(SslContext client, SslContext server, ServerInterceptor gate) {
    private static final String REFUSED = "certificate refused: ";
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /// The contexts for these keys.
    public static PeerTls of(ReloadableKeys keys, NodeTrust trust) {
        try {
            return new PeerTls(
                    GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                            .protocols(PROTOCOLS)
                            .keyManager(keys)
                            .trustManager(trust)
                            .build(),
                    GrpcSslContexts.configure(SslContextBuilder.forServer(keys), SslProvider.JDK)
                            .protocols(PROTOCOLS)
                            .trustManager(trust)
                            .clientAuth(ClientAuth.REQUIRE)
                            .build(),
                    new IdentityGate(trust));
        } catch (SSLException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    static Status refusal(String reason) {
        return Status.UNAUTHENTICATED.withDescription(REFUSED + reason);
    }

    /// Whether a node was not let in because of its certificate.
    static boolean isRefusal(Status status) {
        String description = status.getDescription();
        return status.getCode() == Status.Code.UNAUTHENTICATED
                && description != null
                && description.startsWith(REFUSED);
    }
}
