package dev.parley.node;

import dev.parley.node.admin.BackupDesk;
import dev.parley.node.cluster.ClusterView;
import dev.parley.node.config.DataDirectory;
import dev.parley.node.gate.ProvenSnapshot;
import dev.parley.node.peer.PeerChannels;
import dev.parley.node.peer.RemoteSnapshots;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicatedGroups;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The part of a node that backups read from.
final class BackupAssembly {
    private BackupAssembly() {}

    static BackupDesk desk(
            Node node,
            DataDirectory data,
            ReplicatedGroups<?> groups,
            ClusterView view,
            LeaderBoard leaders,
            PeerChannels peers) {
        RemoteSnapshots remote = new RemoteSnapshots(peers);
        BackupDesk desk = new BackupDesk(
                new BackupDesk.Cluster(
                        data.identity().clusterName(),
                        data.identity().clusterId(),
                        data.identity().clusterId(),
                        data.identity().partitions()),
                group -> candidates(group, view, leaders),
                (leader, group) -> leader.equals(view.self())
                        ? ProvenSnapshot.open(groups, group)
                        : remote.openProven(leader, group));
        node.up("backup-desk", desk::close);
        return desk;
    }

    /// Who is believed to lead, then whoever holds a replica.
    private static List<NodeId> candidates(GroupId group, ClusterView view, LeaderBoard leaders) {
        Set<NodeId> nodes = new LinkedHashSet<>();
        leaders.standing(group).leader().ifPresent(nodes::add);
        nodes.addAll(view.state().replicas(group));
        return List.copyOf(nodes);
    }
}
