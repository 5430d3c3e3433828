package dev.parley.node.placement;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupListener;
import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Who leads which group, as far as this node knows: from its own replicas, or from what other nodes answered.
/// Thread-safe.
public final class LeaderBoard implements GroupListener {

    /// One moment's knowledge of a group.
    ///
    /// @param ready whether the leader is known to serve; known only of this node itself, true for others
    /// @param changed completes when this knowledge is replaced
    public record Standing(long term, Optional<NodeId> leader, boolean ready, CompletableFuture<Void> changed) {

        /// Whether the node leads the group and serves.
        public boolean servedBy(NodeId node) {
            return ready && leader.filter(node::equals).isPresent();
        }
    }

    private final NodeId self;
    private final Map<GroupId, Standing> standings = new ConcurrentHashMap<>();
    private final Map<GroupId, List<Runnable>> listeners = new ConcurrentHashMap<>();

    public LeaderBoard(NodeId self) {
        this.self = self;
    }

    /// What is known now.
    public Standing standing(GroupId group) {
        return standings.computeIfAbsent(
                group, _ -> new Standing(0, Optional.empty(), false, new CompletableFuture<>()));
    }

    /// Calls the listener after each change of a group, on the thread that brought the news: it must not block.
    /// Listeners
    /// stay for the life of the node.
    public void onChange(GroupId group, Runnable listener) {
        listeners.computeIfAbsent(group, _ -> new CopyOnWriteArrayList<>()).add(listener);
    }

    @Override
    public void leadershipChanged(GroupId group, long term, Optional<NodeId> leader, boolean ready) {
        boolean serves = leader.isPresent() && (ready || !leader.get().equals(self));
        replace(group, new Standing(term, leader, serves, new CompletableFuture<>()));
    }

    /// Another node named the leader of a group: believed if this node knows none.
    public void hint(GroupId group, NodeId leader) {
        Standing now = standing(group);
        if (now.leader().isEmpty() && !leader.equals(self)) {
            replace(group, new Standing(now.term(), Optional.of(leader), true, new CompletableFuture<>()));
        }
    }

    /// The node that was believed to lead says it does not, or cannot be reached, and names nobody better.
    public void forget(GroupId group, Standing believed) {
        Standing nobody = new Standing(believed.term(), Optional.empty(), false, new CompletableFuture<>());
        if (standings.replace(group, believed, nobody)) {
            tell(group, believed);
        }
    }

    private void replace(GroupId group, Standing next) {
        Standing before = standings.put(group, next);
        if (before != null) {
            tell(group, before);
        }
    }

    private void tell(GroupId group, Standing before) {
        before.changed().complete(null);
        listeners.getOrDefault(group, List.of()).forEach(Runnable::run);
    }
}
