package dev.parley.node.peer;

import dev.parley.node.cluster.ClusterView;
import dev.parley.node.cluster.JoinDesk;
import dev.parley.node.cluster.LocalNode;
import dev.parley.node.delivery.DeliverySource;
import dev.parley.node.delivery.TypingNotice;
import dev.parley.node.gate.LocalReplicas;
import dev.parley.node.presence.PresenceHost;
import dev.parley.node.scrub.LocalDigests;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.ReplicaAdmin;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.util.MutableHandlerRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The port on which other nodes call.
public final class PeerServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PeerServer.class);

    /// A batch of commands is at most 256 KB, a chunk of a snapshot 1 MB, a page of history 200 texts of 4 KB.
    static final int MESSAGE_BYTES_MAX = 4 << 20;

    private final Server server;
    private final EventLoopGroup eventLoops;
    private final ExecutorService callers;
    private final MutableHandlerRegistry handlers = new MutableHandlerRegistry();
    private final AtomicReference<@Nullable SnapshotDesk> desk = new AtomicReference<>();
    private final PeerServer.Identity identity;

    /// Who this node is.
    ///
    /// @param incarnation names its data directory: another one under the same id has lost what the first
    ///     promised
    public record Identity(String nodeId, String clusterId, String version, String incarnation) {}

    /// What this node does for others.
    ///
    /// @param newerSession told of sessions opened elsewhere
    /// @param typing told who is writing, by a node that knows whom to tell; must not block
    public record Services(
            LocalReplicas replicas,
            ReplicaAdmin admin,
            DeliverySource deliveries,
            SessionAnnouncer.Listener newerSession,
            Consumer<TypingNotice> typing,
            PresenceHost presence) {}

    /// Starts to listen; only greetings are answered before [#serve].
    ///
    /// @throws IOException if the address cannot be bound
    public PeerServer(InetSocketAddress address, Identity identity, PeerCredentials credentials, KnownPeers known)
            throws IOException {
        this.identity = identity;
        this.callers =
                Executors.newThreadPerTaskExecutor(Worker.threads("peer-call", Worker.Kind.VIRTUAL, Fault.logged()));
        this.eventLoops = new NioEventLoopGroup(1, Worker.threads("peer-server", Worker.Kind.PLATFORM, Fault.logged()));
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .bossEventLoopGroup(eventLoops)
                .workerEventLoopGroup(eventLoops)
                .channelType(NioServerSocketChannel.class)
                .executor(callers)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .permitKeepAliveTime(2, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .intercept(credentials.onServer())
                .addService(new GreetingService(identity, known))
                .fallbackHandlerRegistry(handlers);
        // What is added last is asked first.
        credentials.tls().ifPresent(tls -> builder.sslContext(tls.server()).intercept(tls.gate()));
        this.server = builder.build();
        try {
            server.start();
        } catch (IOException e) {
            close();
            throw e;
        }
        LOG.info(
                "peer port open: address={} port={} tls={}",
                address.getAddress(),
                server.getPort(),
                credentials.tls().isPresent());
    }

    /// Serves other nodes from now on; earlier calls were answered `UNIMPLEMENTED`, which callers take for a
    /// node that
    /// is
    /// not ready.
    public void serve(Services services) {
        SnapshotDesk snapshots = new SnapshotDesk(services.replicas().groups());
        desk.set(snapshots);
        handlers.addService(new PeerService(identity, services, snapshots, callers));
    }

    /// Tells other nodes of the cluster from now on.
    public void tellOf(ClusterView view) {
        handlers.addService(new RegistryService(view));
    }

    /// Serves as one of the fleet from now on.
    public void serve(LocalNode local, LocalDigests digests, JoinDesk joins) {
        handlers.addService(new FleetService(local, digests, joins));
    }

    /// The port that is bound.
    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        SnapshotDesk snapshots = desk.get();
        if (snapshots != null) {
            snapshots.closeAll();
        }
        callers.shutdownNow();
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
