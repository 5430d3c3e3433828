package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicaChangeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;

/// Orders to the Raft server about groups, voters and leaders.
final class ReplicaMoves {
    private static final long TRANSFER_TIMEOUT_MILLIS = 5_000;
    private static final long SNAPSHOT_TIMEOUT_MILLIS = 30_000;

    private final RaftServer server;
    private final Function<NodeId, Optional<String>> addresses;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    ReplicaMoves(RaftServer server, Function<NodeId, Optional<String>> addresses) {
        this.server = server;
        this.addresses = addresses;
    }

    /// Starts a replica of a new group with these voters, or without any for one that waits to be added.
    CompletableFuture<Void> start(GroupId group, Collection<NodeId> voters) {
        RaftGroupId id = raftId(group);
        List<RaftPeer> found = voters.stream().map(this::peer).toList();
        return done(() -> server.groupManagementAsync(GroupManagementRequest.newAdd(
                client, server.getId(), calls.incrementAndGet(), RaftGroup.valueOf(id, found), true)));
    }

    /// Closes the replica here and moves its log aside.
    CompletableFuture<Void> retire(GroupId group) {
        return done(() -> server.groupManagementAsync(GroupManagementRequest.newRemove(
                client, server.getId(), calls.incrementAndGet(), raftId(group), false, true)));
    }

    CompletableFuture<Void> addVoter(GroupId group, NodeId node) {
        return changeVoters(group, current -> {
            if (current.stream().anyMatch(peer -> peer.getId().equals(peerId(node)))) {
                throw new ReplicaChangeException(node + " votes in " + group + " already");
            }
            List<RaftPeer> changed = new ArrayList<>(current);
            changed.add(peer(node));
            return changed;
        });
    }

    CompletableFuture<Void> removeVoter(GroupId group, NodeId node) {
        return changeVoters(group, current -> {
            List<RaftPeer> changed = new ArrayList<>(current);
            if (!changed.removeIf(peer -> peer.getId().equals(peerId(node))) || changed.isEmpty()) {
                throw new ReplicaChangeException(node + " does not vote in " + group + ", or nobody else does");
            }
            return changed;
        });
    }

    CompletableFuture<Void> transferLeadership(GroupId group, NodeId target) {
        return done(() -> server.transferLeadershipAsync(new TransferLeadershipRequest(
                client,
                server.getId(),
                raftId(group),
                calls.incrementAndGet(),
                peerId(target),
                TRANSFER_TIMEOUT_MILLIS)));
    }

    /// Makes what is applied durable, and lets the log shrink.
    CompletableFuture<Void> takeSnapshot(GroupId group) {
        return done(() -> server.snapshotManagementAsync(SnapshotManagementRequest.newCreate(
                client, server.getId(), raftId(group), calls.incrementAndGet(), SNAPSHOT_TIMEOUT_MILLIS)));
    }

    private RaftPeer peer(NodeId node) {
        return peer(addresses, node);
    }

    static RaftPeer peer(Function<NodeId, Optional<String>> addresses, NodeId node) {
        String address =
                addresses.apply(node).orElseThrow(() -> new IllegalArgumentException("no address of node " + node));
        return RaftPeer.newBuilder().setId(peerId(node)).setAddress(address).build();
    }

    static RaftPeerId peerId(NodeId node) {
        return RaftPeerId.valueOf(node.value());
    }

    private static RaftGroupId raftId(GroupId group) {
        return RaftGroupId.valueOf(GroupDirectories.uuid(group));
    }

    /// Compares and sets, so that two operators at once cannot undo each other's change.
    private CompletableFuture<Void> changeVoters(GroupId group, Change change) {
        return done(() -> {
            List<RaftPeer> current =
                    List.copyOf(server.getDivision(raftId(group)).getRaftConf().getCurrentPeers());
            SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                    .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                    .setServersInCurrentConf(current)
                    .setServersInNewConf(change.apply(current))
                    .build();
            return server.setConfigurationAsync(new SetConfigurationRequest(
                    client, server.getId(), raftId(group), calls.incrementAndGet(), arguments));
        });
    }

    private static CompletableFuture<Void> done(Order order) {
        CompletableFuture<RaftClientReply> reply;
        try {
            reply = order.give();
        } catch (ReplicaChangeException e) {
            return CompletableFuture.failedFuture(e);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(refused(e));
        }
        return reply.handle((answer, failure) -> {
                    if (failure != null) {
                        throw new CompletionException(refused(failure));
                    }
                    if (!answer.isSuccess()) {
                        throw new CompletionException(refused(answer.getException()));
                    }
                    return answer;
                })
                .thenAccept(_ -> {});
    }

    private static ReplicaChangeException refused(Throwable failure) {
        Throwable cause = Outcomes.unwrap(failure);
        return new ReplicaChangeException("Raft did not do it: " + Outcomes.reason(cause), failure);
    }

    @FunctionalInterface
    private interface Order {
        CompletableFuture<RaftClientReply> give() throws IOException, ReplicaChangeException;
    }

    @FunctionalInterface
    private interface Change {
        List<RaftPeer> apply(List<RaftPeer> current) throws ReplicaChangeException;
    }
}
