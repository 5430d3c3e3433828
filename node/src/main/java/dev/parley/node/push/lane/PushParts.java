package dev.parley.node.push.lane;

import dev.parley.chat.ChatAnswer;
import dev.parley.node.delivery.LocalDeliveries;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicatedGroups;
import java.time.Clock;

/// What pushing needs of the node.
///
/// @param live who need not be pushed
public record PushParts(
        NodeId self,
        Partitioning partitioning,
        LeaderBoard leaders,
        ReplicatedGroups<ChatAnswer> groups,
        LocalDeliveries deliveries,
        ChatGate gate,
        LiveUsers live,
        Clock clock) {

    /// Whether this node leads a partition.
    boolean leads(int partition) {
        return leaders.standing(Partitioning.group(partition)).servedBy(self);
    }
}
