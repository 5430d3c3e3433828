package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts together what is known of a replica.
final class ReplicaStatus {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaStatus.class);

    private ReplicaStatus() {}

    static GroupStatus of(GroupReplica<?> replica, RaftServer.@Nullable Division division) {
        if (division == null) {
            return without(
                    replica.id(), GroupStatus.State.CLOSED, replica.failure().orElse("closed"));
        }
        try {
            return of(replica, division, division.getInfo());
        } catch (IllegalStateException e) {
            // Ratis makes the division known before it has opened its log.
            LOG.debug("replica is being opened: group={} reason={}", replica.id(), e.getMessage());
            return without(replica.id(), GroupStatus.State.STARTING, "is being opened");
        }
    }

    private static GroupStatus of(GroupReplica<?> replica, RaftServer.Division division, DivisionInfo info) {
        GroupStatus.State state = state(replica, info);
        return new GroupStatus(
                replica.id(),
                state,
                reason(replica, state),
                state == GroupStatus.State.CLOSED ? GroupStatus.Role.NONE : role(info.getCurrentRole()),
                replica.ready(),
                info.getCurrentTerm(),
                replica.leader(),
                voters(division),
                division.getRaftLog().getLastCommittedIndex(),
                replica.stateMachine().getLastAppliedTermIndex().getIndex(),
                replica.slot().isOpen() ? replica.slot().current().durable().logIndex() : -1,
                info.isLeader() ? followers(info) : List.of());
    }

    /// A group of which no replica runs here.
    static GroupStatus without(GroupId group, GroupStatus.State state, String reason) {
        return new GroupStatus(
                group,
                state,
                reason,
                GroupStatus.Role.NONE,
                false,
                0,
                Optional.empty(),
                List.of(),
                -1,
                -1,
                -1,
                List.of());
    }

    static List<NodeId> voters(RaftServer.Division division) {
        return division.getRaftConf().getCurrentPeers().stream()
                .map(peer -> GroupStateMachine.node(peer.getId()))
                .sorted()
                .toList();
    }

    private static GroupStatus.State state(GroupReplica<?> replica, DivisionInfo info) {
        if (info.getLifeCycleState().isClosingOrClosed() || !info.isAlive()) {
            return GroupStatus.State.CLOSED;
        }
        GroupStatus.State known = replica.state();
        boolean starting =
                known == GroupStatus.State.RUNNING && !info.getLifeCycleState().isRunning();
        return starting ? GroupStatus.State.STARTING : known;
    }

    private static String reason(GroupReplica<?> replica, GroupStatus.State state) {
        return switch (state) {
            case RUNNING -> "";
            case STARTING -> "waits for a leader to add it";
            case INSTALLING -> "a snapshot is being installed";
            case CLOSED, QUARANTINED -> replica.failure().orElse("closed");
        };
    }

    /// A division that is being made has no role yet.
    private static GroupStatus.Role role(@Nullable RaftPeerRole role) {
        return switch (role) {
            case null -> GroupStatus.Role.NONE;
            case LEADER -> GroupStatus.Role.LEADER;
            case CANDIDATE -> GroupStatus.Role.CANDIDATE;
            case FOLLOWER, LISTENER -> GroupStatus.Role.FOLLOWER;
            case UNRECOGNIZED -> GroupStatus.Role.NONE;
        };
    }

    /// Ratis gives names and match indexes in two lists of the same order; if a change of members falls between
    /// the
    /// two looks, the indexes are left out.
    private static List<GroupStatus.Follower> followers(DivisionInfo info) {
        List<ServerRpcProto> names = info.getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
        long[] matches = info.getFollowerMatchIndices();
        List<GroupStatus.Follower> followers = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            NodeId node = new NodeId(names.get(i).getId().getId().toStringUtf8());
            long match = matches != null && matches.length == names.size() ? matches[i] : -1;
            followers.add(new GroupStatus.Follower(node, match, names.get(i).getLastRpcElapsedTimeMs()));
        }
        return followers;
    }
}
