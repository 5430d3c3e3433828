package dev.parley.raftstorage.memory;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.StorageLimits;
import java.util.List;
import java.util.Map;

/// What a simulated cluster consists of.
///
/// @param seed decides everything that happens; the same seed and the same calls give the same run
/// @param groups where each group has its replicas
/// @param machines makes the machine of a replica, anew after each restart of its node
public record MemorySettings<A>(
        long seed, Map<GroupId, List<NodeId>> groups, Machines<A> machines, StorageLimits limits, Faults faults) {
    public MemorySettings {
        groups = Map.copyOf(groups);
    }

    /// Makes the machine of one replica.
    @FunctionalInterface
    public interface Machines<A> {
        ReplicatedMachine<A> create(NodeId node, GroupId group);
    }

    /// How often things go wrong by themselves, in thousandths of all steps; for replies, of all replies.
    ///
    /// @param crash a node goes down (at most a minority is down at a time)
    /// @param restart a node that is down comes back
    /// @param isolate a node is cut off (at most a minority together with those that are down)
    /// @param heal a cut off node is reachable again
    /// @param election another replica takes over a group
    /// @param snapshot a replica makes its tables durable and drops its log
    /// @param lostReply the caller is told unknown although the entry was applied
    public record Faults(int crash, int restart, int isolate, int heal, int election, int snapshot, int lostReply) {
        public static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0, 0);
        public static final Faults ROUGH = new Faults(4, 20, 4, 20, 6, 10, 30);
    }
}
