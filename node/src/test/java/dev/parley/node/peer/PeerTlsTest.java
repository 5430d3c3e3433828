package dev.parley.node.peer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.node.certs.IssuedFiles;
import dev.parley.node.peer.wire.GreetingGrpc;
import dev.parley.node.tls.KeyMaterial;
import dev.parley.node.tls.KeyWatch;
import dev.parley.node.tls.Membership;
import dev.parley.node.tls.PemFiles;
import dev.parley.node.tls.Refusal;
import dev.parley.node.tls.Refusals;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Who is let in on the Raft port and the peer port, by the certificate that is shown.
class PeerTlsTest {
    @TempDir
    private Path folder;

    @TempDir
    private Path elsewhere;

    private NodePorts ports;

    @BeforeEach
    void open() throws IOException {
        ports = new NodePorts(folder);
    }

    @AfterEach
    void close() {
        ports.close();
    }

    @ParameterizedTest
    @EnumSource
    void a_member_is_let_in(Refusals.Port port) {
        try (NodePorts.Caller member = ports.caller(ports.authority.node("n2"))) {
            Status status = member.call(port);

            // The call reached what serves it, or would if it were up.
            assertThat(status.getCode())
                    .isNotIn(Status.Code.UNAUTHENTICATED, Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);
            assertThat(ports.refused).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_certificate_of_another_authority_is_refused(Refusals.Port port) {
        assertRefused(new IssuedFiles(elsewhere, NodePorts.CLUSTER).node("n2"), port, Refusal.STRANGER);
    }

    @ParameterizedTest
    @EnumSource
    void an_expired_certificate_is_refused(Refusals.Port port) {
        assertRefused(ports.authority.expiredNode("n2"), port, Refusal.EXPIRED);
    }

    @ParameterizedTest
    @EnumSource
    void a_client_certificate_is_refused(Refusals.Port port) {
        assertRefused(ports.authority.client("phone"), port, Refusal.NOT_A_NODE);
    }

    @ParameterizedTest
    @EnumSource
    void a_certificate_for_client_ports_is_refused(Refusals.Port port) {
        assertRefused(ports.authority.server("web"), port, Refusal.NOT_A_NODE);
    }

    @ParameterizedTest
    @EnumSource
    void a_removed_node_is_refused_also_on_the_connection_that_it_has(Refusals.Port port) {
        try (NodePorts.Caller member = ports.caller(ports.authority.node("n2"))) {
            assertThat(member.call(port).getCode()).isNotEqualTo(Status.Code.UNAUTHENTICATED);

            ports.nodes.put("n2", Membership.Standing.REMOVED);

            assertThat(member.call(port).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(ports.refused).contains(new NodePorts.Refused(port, Refusal.REVOKED));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_node_that_has_not_joined_is_refused(Refusals.Port port) {
        try (NodePorts.Caller stranger = ports.caller(ports.authority.node("n9"))) {
            assertThat(stranger.call(port).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(ports.refused).contains(new NodePorts.Refused(port, Refusal.NOT_A_MEMBER));
        }
    }

    @Test
    void a_node_that_has_not_joined_may_introduce_itself() {
        try (NodePorts.Caller stranger = ports.caller(ports.authority.node("n9"))) {
            Status status = stranger.call(
                    Refusals.Port.PEER, GreetingGrpc.getGreetMethod().getFullMethodName());

            assertThat(String.valueOf(status.getDescription())).doesNotContain("certificate refused");
            assertThat(ports.refused).isEmpty();
        }
    }

    @Test
    void what_a_removed_node_is_listening_to_ends() throws Exception {
        CompletableFuture<StreamObserver<byte[]>> listened = new CompletableFuture<>();
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.newBuilder(NodePorts.BYTES, NodePorts.BYTES)
                .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                .setFullMethodName("test.Stream/listen")
                .build();
        PeerTls tls = PeerTls.of(ports.keys, ports.trust(ports.keys, Refusals.Port.PEER));
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sslContext(tls.server())
                .intercept(tls.gate())
                .addService(ServerServiceDefinition.builder("test.Stream")
                        .addMethod(method, ServerCalls.asyncServerStreamingCall((_, to) -> listened.complete(to)))
                        .build())
                .build()
                .start();
        try (NodePorts.Caller member = ports.caller(ports.authority.node("n2"))) {
            Iterator<byte[]> heard = ClientCalls.blockingServerStreamingCall(
                    member.channel(server.getPort()),
                    method,
                    CallOptions.DEFAULT.withDeadlineAfter(60, SECONDS),
                    new byte[0]);
            listened.get(60, SECONDS).onNext(new byte[] {1});
            assertThat(heard.next()).containsExactly(1);

            ports.nodes.put("n2", Membership.Standing.REMOVED);
            listened.get().onNext(new byte[] {2});

            assertThatThrownBy(heard::next)
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("certificate refused: revoked");
        } finally {
            server.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void new_files_count_for_new_connections_and_break_no_old_one(Refusals.Port port) throws Exception {
        ConcurrentLinkedQueue<KeyWatch.Result> results = new ConcurrentLinkedQueue<>();
        try (NodePorts.Caller member = ports.caller(ports.authority.node("n2"));
                KeyWatch watch = new KeyWatch(Map.of("cluster", ports.keys), Duration.ofMillis(20), results::add)) {
            Status before = member.call(port);
            X509Certificate first = shownBy(port);

            KeyMaterial.Files renewed = ports.authority.node("n1");
            await().atMost(Duration.ofSeconds(60)).until(() -> results.contains(KeyWatch.Result.LOADED));

            assertThat(shownBy(port))
                    .isNotEqualTo(first)
                    .isEqualTo(PemFiles.certificates(renewed.certificate()).getFirst());
            assertThat(member.call(port).getCode()).isEqualTo(before.getCode());
            try (NodePorts.Caller later = ports.caller(ports.authority.node("n2"))) {
                assertThat(later.call(port).getCode()).isEqualTo(before.getCode());
            }
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void files_that_do_not_fit_leave_in_use_what_there_was() throws Exception {
        ConcurrentLinkedQueue<KeyWatch.Result> results = new ConcurrentLinkedQueue<>();
        X509Certificate first = shownBy(Refusals.Port.PEER);
        try (KeyWatch watch = new KeyWatch(Map.of("cluster", ports.keys), Duration.ofMillis(20), results::add)) {
            Files.copy(
                    ports.authority.node("n2").key(),
                    folder.resolve("certs/n1.key"),
                    StandardCopyOption.REPLACE_EXISTING);

            await().atMost(Duration.ofSeconds(60)).until(() -> results.contains(KeyWatch.Result.FAILED));

            assertThat(shownBy(Refusals.Port.PEER)).isEqualTo(first);
            assertThat(results).doesNotContain(KeyWatch.Result.LOADED);
            assertThat(watch).isNotNull();
        }
    }

    private void assertRefused(KeyMaterial.Files files, Refusals.Port port, Refusal reason) {
        try (NodePorts.Caller caller = ports.caller(files)) {
            assertThat(caller.call(port).getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.UNAUTHENTICATED);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(ports.refused).contains(new NodePorts.Refused(port, reason)));
        }
    }

    /// The certificate that a port shows to whoever connects.
    private X509Certificate shownBy(Refusals.Port port) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "ca", PemFiles.certificates(ports.authority.authority()).getFirst());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", ports.port(port))) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }
}
