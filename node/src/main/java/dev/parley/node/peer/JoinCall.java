package dev.parley.node.peer;

import dev.parley.node.cluster.JoinDesk;
import dev.parley.node.log.ClusterCodec;
import dev.parley.node.peer.wire.FleetGrpc;
import dev.parley.node.peer.wire.JoinReply;
import dev.parley.node.peer.wire.JoinRequest;
import dev.parley.node.system.NodeEntry;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;

/// Asks a node of a cluster to be let in.
public final class JoinCall {
    private static final long LIMIT_SECONDS = 15;

    private JoinCall() {}

    /// One try. Blocks for some seconds at most.
    public static JoinDesk.Reply ask(PeerChannels channels, String host, int port, JoinDesk.Candidate candidate) {
        ManagedChannel channel = channels.stranger(host, port);
        try {
            JoinReply reply = FleetGrpc.newBlockingStub(channel)
                    .withCallCredentials(channels.credentials().onCalls())
                    .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
                    .join(request(candidate));
            return switch (reply.getOutcomeCase()) {
                case WELCOME ->
                    new JoinDesk.Reply.Welcome(
                            ClusterCodec.decode(reply.getWelcome().toByteArray()));
                case REFUSED -> new JoinDesk.Reply.Refused(reply.getRefused());
                case LATER -> new JoinDesk.Reply.Later(reply.getLater());
                case OUTCOME_NOT_SET -> new JoinDesk.Reply.Refused("its release is too new or too old for this one");
            };
        } catch (StatusRuntimeException e) {
            if (PeerTls.isRefusal(e.getStatus())) {
                return new JoinDesk.Reply.Refused(PeerChannels.describe(e.getStatus()));
            }
            if (e.getStatus().getCode() == Status.Code.UNAUTHENTICATED) {
                return new JoinDesk.Reply.Refused(
                        "its cluster secret is another one; copy cluster.secret-file from a node of the cluster");
            }
            return new JoinDesk.Reply.Later(PeerChannels.describe(Status.fromThrowable(e)));
        } finally {
            channel.shutdownNow();
        }
    }

    private static JoinRequest request(JoinDesk.Candidate candidate) {
        NodeEntry node = candidate.node();
        return JoinRequest.newBuilder()
                .setNodeId(node.id().value())
                .setHost(node.address().host())
                .setRaftPort(node.address().raftPort())
                .setPeerPort(node.address().peerPort())
                .setHttpUrl(node.address().httpUrl())
                .setZone(node.zone())
                .setIncarnation(node.incarnation())
                .setClusterId(candidate.clusterId())
                .setToken(candidate.token())
                .setPartitions(candidate.partitions())
                .build();
    }
}
