package dev.parley.node.peer;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.FreePorts;
import dev.parley.node.certs.IssuedFiles;
import dev.parley.node.delivery.LocalDeliveries;
import dev.parley.node.gate.LocalReplicas;
import dev.parley.node.gate.NoMachine;
import dev.parley.node.peer.wire.PeerGrpc;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.tables.DeliveryRowArchive;
import dev.parley.node.tls.KeyMaterial;
import dev.parley.node.tls.Membership;
import dev.parley.node.tls.NodeTrust;
import dev.parley.node.tls.Refusal;
import dev.parley.node.tls.Refusals;
import dev.parley.node.tls.ReloadableKeys;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.ratis.RaftTls;
import dev.parley.raftstorage.ratis.RatisGroups;
import dev.parley.raftstorage.ratis.RatisSettings;
import dev.parley.raftstorage.ratis.StorageDisk;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/// The two ports of node `n1` on which other nodes call, over TLS, and those who call them. `n1` and `n2` are
/// members.
final class NodePorts implements AutoCloseable {
    static final String CLUSTER = "test";

    private static final NodeId SELF = new NodeId("n1");
    private static final PeerCredentials SECRET = new PeerCredentials("derived-from-the-secret");
    private static final int PATIENCE_SECONDS = 30;

    final Map<String, Membership.Standing> nodes =
            new ConcurrentHashMap<>(Map.of("n1", Membership.Standing.MEMBER, "n2", Membership.Standing.MEMBER));
    final ConcurrentLinkedQueue<Refused> refused = new ConcurrentLinkedQueue<>();
    final IssuedFiles authority;
    final ReloadableKeys keys;
    private final PeerServer peerServer;
    private final RatisGroups<ChatAnswer> groups;
    private final int raftPort;

    /// A certificate that was refused.
    record Refused(Refusals.Port port, Refusal reason) {}

    NodePorts(Path folder) throws IOException {
        authority = new IssuedFiles(folder.resolve("certs"), CLUSTER);
        keys = new ReloadableKeys(authority.node(SELF.value()));
        peerServer = new PeerServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new PeerServer.Identity("n1", "cluster-1", "1.0", "first"),
                SECRET.over(Optional.of(PeerTls.of(keys, trust(keys, Refusals.Port.PEER)))),
                new KnownPeers(folder));
        raftPort = FreePorts.take(1).getFirst();
        NodeTrust raft = trust(keys, Refusals.Port.RAFT);
        groups = new RatisGroups<>(new RatisSettings<ChatAnswer>(
                        new RatisSettings.Place(SELF, "127.0.0.1", raftPort, folder.resolve("storage")),
                        RatisSettings.Cluster.fixed(
                                Map.of(SELF, "127.0.0.1:" + raftPort),
                                Map.of(Partitioning.group(0), List.of(SELF)),
                                RatisSettings.Start.FOUND),
                        new StorageLimits(1L << 20, 1, 16L << 20),
                        new RatisSettings.Outside(
                                Clock.systemUTC(),
                                new Random(1),
                                (_, _) -> {
                                    throw new SnapshotException("there is nobody to fetch from");
                                },
                                StorageDisk.real()),
                        _ -> new NoMachine(),
                        RatisSettings.Tuning.DEFAULT)
                .with(Optional.of(new RaftTls(
                        keys, raft, shown -> raft.judge(shown, false).map(Enum::name)))));
        LeaderBoard leaders = new LeaderBoard(SELF);
        peerServer.serve(new PeerServer.Services(
                new LocalReplicas(groups, (_, _) -> new QueryAnswer.Page(List.of(), 0, false)),
                groups,
                new LocalDeliveries(SELF, leaders, groups, new DeliveryRowArchive(), Map.of()),
                (_, _, _) -> {},
                _ -> {},
                new RecordedPresence()));
    }

    NodeTrust trust(ReloadableKeys own, Refusals.Port port) {
        Membership membership = new Membership() {
            @Override
            public Standing standing(String node) {
                return nodes.getOrDefault(node, Standing.UNKNOWN);
            }

            @Override
            public Optional<String> at(String host, int called) {
                return Optional.empty();
            }
        };
        return new NodeTrust(
                CLUSTER,
                own,
                membership,
                new Refusals(port, (at, reason) -> refused.add(new Refused(at, reason)), System::nanoTime));
    }

    int port(Refusals.Port port) {
        return switch (port) {
            case RAFT -> raftPort;
            case PEER -> peerServer.port();
        };
    }

    /// Who connects with these files and trusts the authority of [#authority].
    Caller caller(KeyMaterial.Files files) {
        return new Caller(new KeyMaterial.Files(files.certificate(), files.key(), Optional.of(authority.authority())));
    }

    /// Somebody with a certificate.
    final class Caller implements AutoCloseable {
        private final PeerTls tls;
        private final Map<Integer, ManagedChannel> channels = new ConcurrentHashMap<>();

        private Caller(KeyMaterial.Files files) {
            try {
                ReloadableKeys own = new ReloadableKeys(files);
                NodeTrust trusting = new NodeTrust(
                        CLUSTER,
                        own,
                        new NobodyKnown(),
                        new Refusals(Refusals.Port.PEER, (_, _) -> {}, System::nanoTime));
                this.tls = PeerTls.of(own, trusting);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        ManagedChannel channel(int port) {
            return channels.computeIfAbsent(
                    port,
                    to -> NettyChannelBuilder.forAddress("127.0.0.1", to)
                            .sslContext(tls.client())
                            .build());
        }

        /// What comes of a call that is for members only. Its request is empty, so nobody can carry it out.
        Status call(Refusals.Port port) {
            String method = switch (port) {
                case RAFT -> "ratis.grpc.RaftServerProtocolService/requestVote";
                case PEER -> PeerGrpc.getSubmitMethod().getFullMethodName();
            };
            return call(port, method);
        }

        Status call(Refusals.Port port, String method) {
            try {
                ClientCalls.blockingUnaryCall(
                        channel(port(port)),
                        unary(method),
                        CallOptions.DEFAULT
                                .withCallCredentials(SECRET.onCalls())
                                .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
                        new byte[0]);
                return Status.OK;
            } catch (StatusRuntimeException e) {
                return e.getStatus();
            }
        }

        @Override
        public void close() {
            channels.values().forEach(ManagedChannel::shutdownNow);
        }
    }

    private static final class NobodyKnown implements Membership {
        @Override
        public Standing standing(String node) {
            return Standing.UNKNOWN;
        }

        @Override
        public Optional<String> at(String host, int port) {
            return Optional.empty();
        }
    }

    static MethodDescriptor<byte[], byte[]> unary(String name) {
        return MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(name)
                .build();
    }

    static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    @Override
    public void close() {
        groups.close();
        peerServer.close();
    }
}
