package dev.parley.node.log;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.node.log.proto.ClusterStateValue;
import dev.parley.node.log.proto.JobValue;
import dev.parley.node.log.proto.JoinTokenValue;
import dev.parley.node.log.proto.MoveValue;
import dev.parley.node.log.proto.NodeValue;
import dev.parley.node.log.proto.PlacementValue;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.Job;
import dev.parley.node.system.JoinToken;
import dev.parley.node.system.Move;
import dev.parley.node.system.NodeEntry;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The state of the `system` group as bytes (`system.proto`): in its table, in a node's file, and between
/// nodes.
public final class ClusterCodec {

    private ClusterCodec() {}

    public static byte[] encode(ClusterState state) {
        return value(state).toByteArray();
    }

    /// The state that the bytes hold.
    ///
    /// @throws UnknownCommandException if the bytes are no state, or of a newer release
    public static ClusterState decode(byte[] bytes) {
        try {
            return state(ClusterStateValue.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new UnknownCommandException("bytes are no state of a cluster", e);
        }
    }

    static ClusterStateValue value(ClusterState state) {
        ClusterStateValue.Builder value = ClusterStateValue.newBuilder()
                .setVersion(state.version())
                .setPartitions(state.partitions())
                .setReplication(state.replication())
                .setFeatureLevel(state.featureLevel());
        state.nodes().forEach(node -> value.addNodes(value(node)));
        state.placement()
                .forEach((group, replicas) -> value.addPlacement(PlacementValue.newBuilder()
                        .setGroup(group.name())
                        .addAllReplicas(replicas.stream().map(NodeId::value).toList())));
        state.jobs().forEach(job -> value.addJobs(value(job)));
        state.tokens()
                .forEach(token -> value.addTokens(JoinTokenValue.newBuilder()
                        .setHash(token.hash())
                        .setExpiresMillis(token.expiresMillis())
                        .setUsedBy(token.usedBy())));
        return value.build();
    }

    static ClusterState state(ClusterStateValue value) {
        Map<GroupId, List<NodeId>> placement = new HashMap<>();
        value.getPlacementList()
                .forEach(group -> placement.put(
                        new GroupId(group.getGroup()),
                        group.getReplicasList().stream().map(NodeId::new).toList()));
        return new ClusterState(
                value.getVersion(),
                value.getPartitions(),
                value.getReplication(),
                value.getFeatureLevel(),
                value.getNodesList().stream().map(ClusterCodec::node).toList(),
                ClusterState.placements(placement),
                value.getJobsList().stream().map(ClusterCodec::job).toList(),
                value.getTokensList().stream()
                        .map(token -> new JoinToken(token.getHash(), token.getExpiresMillis(), token.getUsedBy()))
                        .toList());
    }

    static NodeValue value(NodeEntry node) {
        return NodeValue.newBuilder()
                .setNodeId(node.id().value())
                .setHost(node.address().host())
                .setRaftPort(node.address().raftPort())
                .setPeerPort(node.address().peerPort())
                .setHttpUrl(node.address().httpUrl())
                .setZone(node.zone())
                .setState(node.state().name())
                .setIncarnation(node.incarnation())
                .build();
    }

    static NodeEntry node(NodeValue value) {
        return new NodeEntry(
                new NodeId(value.getNodeId()),
                new NodeEntry.Address(value.getHost(), value.getRaftPort(), value.getPeerPort(), value.getHttpUrl()),
                value.getZone(),
                constant(NodeEntry.State.values(), value.getState()),
                value.getIncarnation());
    }

    private static JobValue value(Job job) {
        JobValue.Builder value = JobValue.newBuilder()
                .setNumber(job.number())
                .setKind(job.kind().name())
                .setState(job.state().name())
                .setNodeId(text(job.node()))
                .setRateBytes(job.rateBytes())
                .setStartedMillis(job.startedMillis())
                .setEndedMillis(job.endedMillis())
                .setNote(job.note());
        job.moves().forEach(move -> value.addMoves(value(move)));
        return value.build();
    }

    private static Job job(JobValue value) {
        return new Job(
                value.getNumber(),
                constant(Job.Kind.values(), value.getKind()),
                constant(Job.State.values(), value.getState()),
                nodeId(value.getNodeId()),
                value.getRateBytes(),
                value.getMovesList().stream().map(ClusterCodec::move).toList(),
                value.getStartedMillis(),
                value.getEndedMillis(),
                value.getNote());
    }

    static MoveValue value(Move move) {
        return MoveValue.newBuilder()
                .setGroup(move.group().name())
                .setAdd(text(move.add()))
                .setRemove(text(move.remove()))
                .setStep(move.step().name())
                .setNote(move.note())
                .build();
    }

    static Move move(MoveValue value) {
        return new Move(
                new GroupId(value.getGroup()),
                nodeId(value.getAdd()),
                nodeId(value.getRemove()),
                constant(Move.Step.values(), value.getStep()),
                value.getNote());
    }

    static String text(Optional<NodeId> node) {
        return node.map(NodeId::value).orElse("");
    }

    static Optional<NodeId> nodeId(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(new NodeId(text));
    }

    static <E extends Enum<E>> E constant(E[] constants, String name) {
        return Arrays.stream(constants)
                .filter(constant -> constant.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UnknownCommandException("unknown name: " + name));
    }
}
