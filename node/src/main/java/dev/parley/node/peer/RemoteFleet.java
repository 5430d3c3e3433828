package dev.parley.node.peer;

import com.google.protobuf.UnsafeByteOperations;
import dev.parley.node.cluster.Fleet;
import dev.parley.node.cluster.LocalNode;
import dev.parley.node.cluster.OrderOutcome;
import dev.parley.node.cluster.ReplicaOrder;
import dev.parley.node.log.ClusterCodec;
import dev.parley.node.log.ClusterCommandCodec;
import dev.parley.node.peer.wire.ClusterStateReply;
import dev.parley.node.peer.wire.ClusterStateRequest;
import dev.parley.node.peer.wire.OrderReplicaRequest;
import dev.parley.node.peer.wire.ReportRequest;
import dev.parley.node.peer.wire.SubmitClusterRequest;
import dev.parley.node.system.ClusterAnswer;
import dev.parley.node.system.ClusterCommand;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.NodeReport;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SubmitOutcome;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The fleet over the peer ports; this node itself is asked without any.
public record RemoteFleet(LocalNode local, PeerChannels channels) implements Fleet {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteFleet.class);
    private static final Duration NEWS = Duration.ofSeconds(2);
    private static final Duration REPORT = Duration.ofSeconds(3);

    /// The answer of an order comes a little later than its limit.
    private static final Duration MARGIN = Duration.ofSeconds(2);

    @Override
    public Optional<ClusterState> newer(NodeId node, long version) {
        return node.equals(local.self()) ? local.newer(version) : newer(channels, node, version);
    }

    /// The same before this node is one of the fleet.
    public static Optional<ClusterState> newer(PeerChannels channels, NodeId node, long version) {
        try {
            ClusterStateReply reply = channels.registry(node, NEWS)
                    .clusterState(ClusterStateRequest.newBuilder()
                            .setKnownVersion(version)
                            .build());
            return Optional.of(reply.getState())
                    .filter(state -> !state.isEmpty())
                    .map(state -> ClusterCodec.decode(state.toByteArray()));
        } catch (StatusRuntimeException e) {
            LOG.debug("no news of the cluster: node={} reason={}", node, reason(e));
            return Optional.empty();
        }
    }

    @Override
    public SubmitOutcome<ClusterAnswer> submit(NodeId node, ClusterCommand command, Duration limit) {
        if (node.equals(local.self())) {
            return local.submit(command, limit);
        }
        try {
            return FleetCodec.outcome(channels.fleet(node, limit.plus(MARGIN))
                    .submitCluster(SubmitClusterRequest.newBuilder()
                            .setCommand(UnsafeByteOperations.unsafeWrap(ClusterCommandCodec.encode(command)))
                            .build()));
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.UNAVAILABLE
                            || e.getStatus().getCode() == Status.Code.UNIMPLEMENTED
                    ? new SubmitOutcome.Unavailable<>(SubmitOutcome.Cause.NOT_READY, reason(e))
                    : new SubmitOutcome.Unknown<>(reason(e));
        }
    }

    @Override
    public Optional<NodeReport> report(NodeId node) {
        if (node.equals(local.self())) {
            return Optional.of(local.report());
        }
        try {
            return Optional.of(
                    FleetCodec.report(channels.fleet(node, REPORT).report(ReportRequest.getDefaultInstance())));
        } catch (StatusRuntimeException e) {
            LOG.debug("node does not report: node={} reason={}", node, reason(e));
            return Optional.empty();
        }
    }

    @Override
    public OrderOutcome order(NodeId node, ReplicaOrder order, Duration limit) {
        if (node.equals(local.self())) {
            return local.order(order, limit);
        }
        try {
            var _ = channels.fleet(node, limit.plus(MARGIN))
                    .orderReplica(OrderReplicaRequest.newBuilder()
                            .setKind(order.kind().name())
                            .setGroup(order.group().name())
                            .setSubject(order.subject().value())
                            .setLimitMillis(limit.toMillis())
                            .build());
            return new OrderOutcome.Done();
        } catch (StatusRuntimeException e) {
            return new OrderOutcome.NotNow(reason(e));
        }
    }

    private static String reason(StatusRuntimeException e) {
        return PeerChannels.describe(Status.fromThrowable(e));
    }
}
