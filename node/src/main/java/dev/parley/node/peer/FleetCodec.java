package dev.parley.node.peer;

import dev.parley.node.peer.wire.FollowerReport;
import dev.parley.node.peer.wire.JoinRequest;
import dev.parley.node.peer.wire.ReplicaReport;
import dev.parley.node.peer.wire.SubmitClusterReply;
import dev.parley.node.peer.wire.Unavailable;
import dev.parley.node.system.ClusterAnswer;
import dev.parley.node.system.NodeEntry;
import dev.parley.node.system.NodeReport;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SubmitOutcome;
import java.util.List;
import java.util.Optional;

/// What the nodes of a fleet say to each other, between its wire form and the node's own.
final class FleetCodec {

    private FleetCodec() {}

    static SubmitClusterReply reply(SubmitOutcome<ClusterAnswer> outcome) {
        SubmitClusterReply.Builder reply = SubmitClusterReply.newBuilder();
        switch (outcome) {
            case SubmitOutcome.Applied<ClusterAnswer>(List<ClusterAnswer> answers, long _) -> {
                switch (answers.getFirst()) {
                    case ClusterAnswer.Done(long number) -> reply.setDone(number);
                    case ClusterAnswer.Refused(String why) -> reply.setRefused(why);
                }
            }
            case SubmitOutcome.Refused<ClusterAnswer>(String reason) -> reply.setRefused(reason);
            case SubmitOutcome.NotLeader<ClusterAnswer>(Optional<NodeId> leader) ->
                reply.setNotLeader(SubmitCodec.notLeader(leader));
            case SubmitOutcome.Unavailable<ClusterAnswer>(SubmitOutcome.Cause cause, String reason) ->
                reply.setUnavailable(Unavailable.newBuilder()
                        .setCause(SubmitCodec.cause(cause))
                        .setReason(reason));
            case SubmitOutcome.Unknown<ClusterAnswer>(String reason) -> reply.setUnknown(reason);
        }
        return reply.build();
    }

    static SubmitOutcome<ClusterAnswer> outcome(SubmitClusterReply reply) {
        return switch (reply.getOutcomeCase()) {
            case DONE -> new SubmitOutcome.Applied<>(List.of(new ClusterAnswer.Done(reply.getDone())), 0);
            case REFUSED -> new SubmitOutcome.Applied<>(List.of(new ClusterAnswer.Refused(reply.getRefused())), 0);
            case NOT_LEADER -> new SubmitOutcome.NotLeader<>(SubmitCodec.leader(reply.getNotLeader()));
            case UNAVAILABLE ->
                new SubmitOutcome.Unavailable<>(
                        SubmitCodec.cause(reply.getUnavailable().getCause()),
                        reply.getUnavailable().getReason());
            case UNKNOWN -> new SubmitOutcome.Unknown<>(reply.getUnknown());
            case OUTCOME_NOT_SET -> new SubmitOutcome.Unknown<>("the answer is of a newer release");
        };
    }

    static NodeEntry node(JoinRequest request) {
        return new NodeEntry(
                new NodeId(request.getNodeId()),
                new NodeEntry.Address(
                        request.getHost(), request.getRaftPort(), request.getPeerPort(), request.getHttpUrl()),
                request.getZone(),
                NodeEntry.State.JOINING,
                request.getIncarnation());
    }

    static dev.parley.node.peer.wire.NodeReport report(NodeReport report) {
        dev.parley.node.peer.wire.NodeReport.Builder wire = dev.parley.node.peer.wire.NodeReport.newBuilder()
                .setNodeId(report.node().value())
                .setReady(report.ready())
                .setFreeBytes(report.freeBytes());
        report.replicas().forEach(replica -> wire.addReplicas(replica(replica)));
        return wire.build();
    }

    static NodeReport report(dev.parley.node.peer.wire.NodeReport wire) {
        return new NodeReport(
                new NodeId(wire.getNodeId()),
                wire.getReady(),
                wire.getFreeBytes(),
                wire.getReplicasList().stream().map(FleetCodec::replica).toList());
    }

    private static ReplicaReport replica(NodeReport.Replica replica) {
        GroupStatus status = replica.status();
        ReplicaReport.Builder wire = ReplicaReport.newBuilder()
                .setGroup(status.group().name())
                .setState(status.state().name())
                .setReason(status.reason())
                .setRole(status.role().name())
                .setReady(status.ready())
                .setTerm(status.term())
                .setLeader(status.leader().map(NodeId::value).orElse(""))
                .addAllVoters(status.replicas().stream().map(NodeId::value).toList())
                .setCommitIndex(status.commitIndex())
                .setAppliedIndex(status.appliedIndex())
                .setDurableIndex(status.durableIndex())
                .setBytes(replica.bytes());
        status.followers()
                .forEach(follower -> wire.addFollowers(FollowerReport.newBuilder()
                        .setNodeId(follower.node().value())
                        .setMatchIndex(follower.matchIndex())
                        .setSilentMillis(follower.silentMillis())));
        return wire.build();
    }

    private static NodeReport.Replica replica(ReplicaReport wire) {
        GroupStatus status = new GroupStatus(
                new GroupId(wire.getGroup()),
                GroupStatus.State.valueOf(wire.getState()),
                wire.getReason(),
                GroupStatus.Role.valueOf(wire.getRole()),
                wire.getReady(),
                wire.getTerm(),
                Optional.of(wire.getLeader())
                        .filter(leader -> !leader.isEmpty())
                        .map(NodeId::new),
                wire.getVotersList().stream().map(NodeId::new).toList(),
                wire.getCommitIndex(),
                wire.getAppliedIndex(),
                wire.getDurableIndex(),
                wire.getFollowersList().stream()
                        .map(follower -> new GroupStatus.Follower(
                                new NodeId(follower.getNodeId()), follower.getMatchIndex(), follower.getSilentMillis()))
                        .toList());
        return new NodeReport.Replica(status, wire.getBytes());
    }
}
