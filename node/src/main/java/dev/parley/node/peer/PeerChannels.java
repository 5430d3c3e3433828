package dev.parley.node.peer;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.gate.Peers;
import dev.parley.node.peer.wire.AskReply;
import dev.parley.node.peer.wire.FleetGrpc;
import dev.parley.node.peer.wire.GreetReply;
import dev.parley.node.peer.wire.GreetRequest;
import dev.parley.node.peer.wire.GreetingGrpc;
import dev.parley.node.peer.wire.PeerGrpc;
import dev.parley.node.peer.wire.RegistryGrpc;
import dev.parley.node.peer.wire.SessionOpenedRequest;
import dev.parley.node.peer.wire.SubmitReply;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.SubmitOutcome;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's channels to all others: one HTTP/2 connection each, opened when first used.
public final class PeerChannels implements Peers, SessionAnnouncer, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PeerChannels.class);
    private static final Duration ANNOUNCE = Duration.ofSeconds(2);
    /// A node that is busy answers late; one that is called dead by mistake alarms somebody.
    private static final Duration GREETING = Duration.ofSeconds(2);

    private final PeerServer.Identity identity;
    private final PeerCredentials credentials;
    private final KnownPeers known;
    private final EventLoopGroup eventLoops;
    private final ExecutorService callbacks;
    private final Map<NodeId, Open> channels = new ConcurrentSkipListMap<>();

    /// Where another node listens for its peers.
    public record Address(NodeId node, String host, int port) {}

    /// Makes the channels; nothing is connected yet.
    public PeerChannels(
            PeerServer.Identity identity, PeerCredentials credentials, KnownPeers known, List<Address> others) {
        this.identity = identity;
        this.known = known;
        this.credentials = credentials;
        this.eventLoops = new NioEventLoopGroup(1, Worker.threads("peer-client", Worker.Kind.PLATFORM, Fault.logged()));
        this.callbacks =
                Executors.newThreadPerTaskExecutor(Worker.threads("peer-reply", Worker.Kind.VIRTUAL, Fault.logged()));
        meet(others);
    }

    /// A channel and where it leads.
    private record Open(Address address, ManagedChannel channel) {}

    /// Takes these for the other nodes from now on: new ones get a channel, those that are somewhere else
    /// another one,
    /// the others lose theirs.
    public final synchronized void meet(List<Address> others) {
        for (Address other : others) {
            Open known = channels.get(other.node());
            if (known == null || !known.address().equals(other)) {
                channels.put(other.node(), new Open(other, channel(other)));
                if (known != null) {
                    known.channel().shutdown();
                }
            }
        }
        List<NodeId> named = others.stream().map(Address::node).toList();
        channels.forEach((node, open) -> {
            if (!named.contains(node)) {
                channels.remove(node, open);
                open.channel().shutdown();
            }
        });
    }

    private ManagedChannel channel(Address other) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(other.host(), other.port())
                .eventLoopGroup(eventLoops)
                .channelType(NioSocketChannel.class)
                .executor(callbacks)
                .maxInboundMessageSize(PeerServer.MESSAGE_BYTES_MAX)
                // A peer whose machine went away is noticed in seconds, not when TCP gives up.
                .keepAliveTime(5, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS);
        credentials.tls().ifPresentOrElse(tls -> builder.sslContext(tls.client()), builder::usePlaintext);
        return builder.build();
    }

    @Override
    public CompletableFuture<SubmitOutcome<ChatAnswer>> submit(
            NodeId node, GroupId group, List<byte[]> commands, Duration timeout) {
        Call<SubmitReply, SubmitOutcome<ChatAnswer>> call =
                new Call<>(SubmitCodec::outcome, PeerChannels::submitFailure);
        stub(node, timeout).submit(SubmitCodec.request(group, commands), call);
        return call.answer;
    }

    @Override
    public CompletableFuture<ReadOutcome<QueryAnswer>> ask(
            NodeId node, GroupId group, ChatQuery query, Duration timeout) {
        Call<AskReply, ReadOutcome<QueryAnswer>> call =
                new Call<>(QueryCodec::outcome, status -> new ReadOutcome.Unavailable<>(describe(status)));
        stub(node, timeout).ask(QueryCodec.request(group, query), call);
        return call.answer;
    }

    @Override
    public void announce(String userId, String deviceId, String sessionId) {
        SessionOpenedRequest request = SessionOpenedRequest.newBuilder()
                .setUserId(userId)
                .setDeviceId(deviceId)
                .setSessionId(sessionId)
                .build();
        for (NodeId node : channels.keySet()) {
            stub(node, ANNOUNCE).sessionOpened(request, new Call<>(_ -> true, status -> {
                LOG.debug("session not announced: node={} reason={}", node, describe(status));
                return false;
            }));
        }
    }

    /// How another node takes a greeting.
    public enum Welcome {
        WELCOME,
        /// It knows this node by another data directory.
        KNOWN_OTHERWISE,
        /// It cannot be reached, or is of another cluster.
        NO_ANSWER
    }

    /// Says who this node is. Blocks shortly.
    public Welcome greet(NodeId node) {
        return greet(node, false);
    }

    /// The same, and whether this node came back without its data.
    ///
    /// @param emptied it has lost what it stored and waits to be let in
    Welcome greet(NodeId node, boolean emptied) {
        GreetRequest request = GreetRequest.newBuilder()
                .setEmptied(emptied)
                .setNodeId(identity.nodeId())
                .setClusterId(identity.clusterId())
                .setIncarnation(identity.incarnation())
                .build();
        Call<GreetReply, Welcome> call = new Call<>(
                reply -> welcomed(node, reply),
                status -> status.getCode() == Status.Code.ALREADY_EXISTS ? Welcome.KNOWN_OTHERWISE : Welcome.NO_ANSWER);
        GreetingGrpc.newStub(channel(node))
                .withCallCredentials(credentials.onCalls())
                .withDeadlineAfter(GREETING.toMillis(), TimeUnit.MILLISECONDS)
                .greet(request, call);
        return call.answer.join();
    }

    /// Both sides note each other: one that is asked later, by a node that lost its disk, may be the only one
    /// that is
    /// up.
    private Welcome welcomed(NodeId node, GreetReply reply) {
        known.meet(node.value(), reply.getIncarnation())
                .ifPresent(before -> LOG.warn(
                        "peer has another data directory: node={} known={} now={}",
                        node,
                        before,
                        reply.getIncarnation()));
        return Welcome.WELCOME;
    }

    /// Whether the node answers as a node of this cluster. Blocks shortly.
    public boolean reachable(NodeId node) {
        return node.value().equals(identity.nodeId()) || greet(node) == Welcome.WELCOME;
    }

    Set<NodeId> others() {
        return channels.keySet();
    }

    PeerGrpc.PeerStub stub(NodeId node, Duration timeout) {
        return PeerGrpc.newStub(channel(node))
                .withCallCredentials(credentials.onCalls())
                .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    FleetGrpc.FleetBlockingStub fleet(NodeId node, Duration limit) {
        return FleetGrpc.newBlockingStub(channel(node))
                .withCallCredentials(credentials.onCalls())
                .withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    RegistryGrpc.RegistryBlockingStub registry(NodeId node, Duration limit) {
        return RegistryGrpc.newBlockingStub(channel(node))
                .withCallCredentials(credentials.onCalls())
                .withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// A way to a node that is no peer yet; close it.
    ManagedChannel stranger(String host, int port) {
        return channel(new Address(new NodeId("stranger"), host, port));
    }

    PeerCredentials credentials() {
        return credentials;
    }

    PeerGrpc.PeerBlockingStub blockingStub(NodeId node) {
        return PeerGrpc.newBlockingStub(channel(node)).withCallCredentials(credentials.onCalls());
    }

    @Override
    public void close() {
        channels.values().forEach(open -> open.channel().shutdownNow());
        callbacks.shutdown();
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Channel channel(NodeId node) {
        Open open = channels.get(node);
        return open == null ? new NoPeer("no such peer: " + node) : open.channel();
    }

    /// A call that failed on the way: only what surely never reached the leader is "nothing happened".
    private static SubmitOutcome<ChatAnswer> submitFailure(Status status) {
        boolean neverConnected =
                status.getCode() == Status.Code.UNAVAILABLE && status.getCause() instanceof java.net.ConnectException;
        boolean neverServed =
                status.getCode() == Status.Code.UNAUTHENTICATED || status.getCode() == Status.Code.UNIMPLEMENTED;
        return neverConnected || neverServed
                ? new SubmitOutcome.Unavailable<>(SubmitOutcome.Cause.NOT_READY, describe(status))
                : new SubmitOutcome.Unknown<>(describe(status));
    }

    static String describe(Status status) {
        String why = status.getDescription() == null ? "" : ": " + status.getDescription();
        return status.getCode() + why + (status.getCause() instanceof SSLException e ? ": " + e.getMessage() : "");
    }

    /// A unary call whose failure is a value.
    static final class Call<Q, R> implements StreamObserver<Q> {
        private final Function<Q, R> success;
        private final Function<Status, R> failure;
        private final CompletableFuture<R> answer = new CompletableFuture<>();

        CompletableFuture<R> answer() {
            return answer;
        }

        Call(Function<Q, R> success, Function<Status, R> failure) {
            this.success = success;
            this.failure = failure;
        }

        @Override
        public void onNext(Q value) {
            answer.complete(success.apply(value));
        }

        @Override
        public void onError(Throwable error) {
            answer.complete(failure.apply(Status.fromThrowable(error)));
        }

        @Override
        public void onCompleted() {
            answer.complete(failure.apply(Status.INTERNAL.withDescription("the peer ended the call without a reply")));
        }
    }
}
