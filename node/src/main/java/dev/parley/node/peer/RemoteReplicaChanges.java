package dev.parley.node.peer;

import dev.parley.node.peer.wire.ChangeReplicaRequest;
import dev.parley.node.repair.ReplicaChanges;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Changes of a group's replicas, asked of other nodes over their peer ports.
///
/// @param self the node that is taken out or let in
public record RemoteReplicaChanges(NodeId self, PeerChannels channels) implements ReplicaChanges {

    @Override
    public boolean announceEmpty(NodeId to) {
        return channels.greet(to, true) == PeerChannels.Welcome.WELCOME;
    }

    @Override
    public Outcome remove(NodeId asked, GroupId group, Duration timeout) {
        return change(asked, group, timeout, false);
    }

    @Override
    public Outcome add(NodeId asked, GroupId group, Duration timeout) {
        return change(asked, group, timeout, true);
    }

    private Outcome change(NodeId asked, GroupId group, Duration timeout, boolean add) {
        try {
            var _ = channels.blockingStub(asked)
                    .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .changeReplica(ChangeReplicaRequest.newBuilder()
                            .setGroup(group.name())
                            .setNodeId(self.value())
                            .setAdd(add)
                            .build());
            return new Outcome.Done();
        } catch (StatusRuntimeException e) {
            return new Outcome.NotNow(PeerChannels.describe(Status.fromThrowable(e)));
        }
    }
}
