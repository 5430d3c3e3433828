package dev.parley.node.system;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What the nodes that answered said in one round.
public record Facts(Map<NodeId, NodeReport> reports) {

    /// Entries that a replica may lack and still count as having caught up: they come in while it is looked at.
    static final long LAG_MAX = 64;

    /// Silence of a follower after which it counts as gone.
    private static final long SILENT_MILLIS = 8_000;

    public Facts {
        reports = java.util.Collections.unmodifiableMap(new TreeMap<>(reports));
    }

    /// A leader and what it says.
    public record Led(NodeId node, GroupStatus status, long bytes) {}

    public boolean answers(NodeId node) {
        return reports.containsKey(node);
    }

    /// Who leads the group and serves; of two that believe so, the one in the higher term.
    public Optional<Led> leader(GroupId group) {
        return reports.values().stream()
                .flatMap(report -> report
                        .replica(group)
                        .filter(replica -> replica.status().ready())
                        .map(replica -> new Led(report.node(), replica.status(), replica.bytes()))
                        .stream())
                .max(Comparator.comparingLong(led -> led.status().term()));
    }

    /// The state of a node's replica; empty if the node does not answer or has none.
    public Optional<GroupStatus.State> state(NodeId node, GroupId group) {
        return Optional.ofNullable(reports.get(node))
                .flatMap(report -> report.replica(group))
                .map(replica -> replica.status().state());
    }

    /// How many committed entries a voter lacks, as its leader sees it; empty if the leader has not heard of it
    /// lately.
    public Optional<Long> lag(Led leader, NodeId voter) {
        if (voter.equals(leader.node())) {
            return Optional.of(0L);
        }
        return leader.status().followers().stream()
                .filter(follower -> follower.node().equals(voter) && follower.silentMillis() < SILENT_MILLIS)
                .filter(follower -> follower.matchIndex() >= 0)
                .map(follower -> Math.max(0, leader.status().commitIndex() - follower.matchIndex()))
                .findFirst();
    }

    /// Whether a voter runs and has what is committed.
    public boolean sound(Led leader, NodeId voter) {
        boolean running = state(voter, leader.status().group())
                .filter(GroupStatus.State.RUNNING::equals)
                .isPresent();
        return running && lag(leader, voter).filter(lag -> lag <= LAG_MAX).isPresent();
    }

    /// The voters that run and have what is committed.
    public List<NodeId> soundVoters(Led leader) {
        return leader.status().replicas().stream()
                .filter(voter -> sound(leader, voter))
                .toList();
    }
}
