package dev.parley.node.system;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Plans where replicas and leaders should be. Deterministic: the same state gives the same plan.
///
/// Replicas of one group are put into different zones where there are such, then where the fewest are.
public final class Planner {
    private final ClusterState state;
    private final Map<NodeId, Integer> load = new TreeMap<>();
    private final Map<GroupId, List<NodeId>> placement;
    private final List<NodeId> takers;

    /// A leadership that should move.
    public record Transfer(GroupId group, NodeId from, NodeId to) {}

    private Planner(ClusterState state, Set<NodeId> without) {
        this.state = state;
        this.placement = ClusterState.placements(state.placement());
        this.takers = state.active().stream()
                .map(NodeEntry::id)
                .filter(node -> !without.contains(node))
                .toList();
        state.members()
                .forEach(node -> load.put(node.id(), state.held(node.id()).size()));
    }

    /// One replica more for each group that has too few.
    ///
    /// @param answering the nodes that can take some
    public static List<Move> raise(ClusterState state, Set<NodeId> answering) {
        Set<NodeId> silent = new HashSet<>();
        state.active().stream()
                .map(NodeEntry::id)
                .filter(node -> !answering.contains(node))
                .forEach(silent::add);
        Planner planner = new Planner(state, silent);
        List<Move> moves = new ArrayList<>();
        planner.placement.forEach((group, replicas) -> {
            if (replicas.size() < state.wantedReplicas()) {
                planner.best(replicas, replicas)
                        .ifPresent(node -> moves.add(planner.note(group, Optional.of(node), Optional.empty())));
            }
        });
        return moves;
    }

    /// Everything away from a node: to others where there are enough, else the group has one replica less.
    public static List<Move> drain(ClusterState state, NodeId leaver) {
        Planner planner = new Planner(state, Set.of(leaver));
        List<Move> moves = new ArrayList<>();
        for (GroupId group : state.held(leaver)) {
            List<NodeId> replicas = planner.placement.getOrDefault(group, List.of());
            List<NodeId> staying =
                    replicas.stream().filter(node -> !node.equals(leaver)).toList();
            moves.add(planner.note(group, planner.best(replicas, staying), Optional.of(leaver)));
        }
        return moves;
    }

    /// Moves that even out the number of replicas and spread each group over zones.
    public static List<Move> rebalance(ClusterState state) {
        Planner planner = new Planner(state, Set.of());
        Map<GroupId, Move> moves = new TreeMap<>(Comparator.comparing(GroupId::name));
        for (GroupId group : state.placement().keySet()) {
            planner.spread(group).ifPresent(move -> moves.put(group, move));
        }
        Optional<Move> next = planner.even(moves.keySet());
        while (next.isPresent()) {
            moves.put(next.get().group(), next.get());
            next = planner.even(moves.keySet());
        }
        return List.copyOf(moves.values());
    }

    /// The node that should get one group's replica instead of another; empty if none can.
    public static Optional<NodeId> target(ClusterState state, GroupId group, NodeId leaver) {
        List<NodeId> replicas = state.replicas(group);
        return new Planner(state, Set.of(leaver))
                .best(
                        replicas,
                        replicas.stream().filter(node -> !node.equals(leaver)).toList());
    }

    /// Leaderships that should move so that each node leads about as many groups as any other.
    ///
    /// @param leaders who leads; groups without a leader are left out
    public static List<Transfer> leaders(ClusterState state, Map<GroupId, NodeId> leaders) {
        Map<NodeId, Integer> led = new TreeMap<>();
        state.active().forEach(node -> led.put(node.id(), 0));
        Map<GroupId, NodeId> now = new TreeMap<>(Comparator.comparing(GroupId::name));
        now.putAll(leaders);
        now.values().forEach(node -> led.merge(node, 1, Integer::sum));
        List<Transfer> transfers = new ArrayList<>();
        Optional<Transfer> next = leaderMove(state, now, led);
        while (next.isPresent()) {
            Transfer transfer = next.get();
            transfers.add(transfer);
            now.put(transfer.group(), transfer.to());
            led.merge(transfer.from(), -1, Integer::sum);
            led.merge(transfer.to(), 1, Integer::sum);
            next = leaderMove(state, now, led);
        }
        return transfers;
    }

    private static Optional<Transfer> leaderMove(
            ClusterState state, Map<GroupId, NodeId> now, Map<NodeId, Integer> led) {
        Transfer best = null;
        int widest = 1;
        for (Map.Entry<GroupId, NodeId> entry : now.entrySet()) {
            for (NodeId other : state.replicas(entry.getKey())) {
                int gap = led.getOrDefault(entry.getValue(), 0) - led.getOrDefault(other, Integer.MAX_VALUE / 2);
                if (gap > widest) {
                    widest = gap;
                    best = new Transfer(entry.getKey(), entry.getValue(), other);
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /// A better place for a group two of whose replicas are in one zone.
    private Optional<Move> spread(GroupId group) {
        List<NodeId> replicas = placement.getOrDefault(group, List.of());
        for (NodeId crowded : replicas.reversed()) {
            List<NodeId> staying =
                    replicas.stream().filter(node -> !node.equals(crowded)).toList();
            Set<String> zones = zones(staying);
            if (zones.contains(zone(crowded))) {
                Optional<NodeId> better = best(replicas, staying).filter(node -> !zones.contains(zone(node)));
                if (better.isPresent()) {
                    return Optional.of(note(group, better, Optional.of(crowded)));
                }
            }
        }
        return Optional.empty();
    }

    /// A replica from the node that has most to one that has at least two less, not worse for zones.
    private Optional<Move> even(Set<GroupId> moved) {
        List<NodeId> full = load.keySet().stream()
                .filter(takers::contains)
                .sorted(Comparator.comparingInt(this::loadOf).reversed())
                .toList();
        for (NodeId from : full) {
            for (Map.Entry<GroupId, List<NodeId>> entry : placement.entrySet()) {
                List<NodeId> replicas = entry.getValue();
                if (moved.contains(entry.getKey()) || !replicas.contains(from)) {
                    continue;
                }
                List<NodeId> staying =
                        replicas.stream().filter(node -> !node.equals(from)).toList();
                Optional<NodeId> to = best(replicas, staying)
                        .filter(node -> loadOf(from) - loadOf(node) >= 2)
                        .filter(node -> !zones(staying).contains(zone(node))
                                || zones(staying).contains(zone(from)));
                if (to.isPresent()) {
                    return Optional.of(note(entry.getKey(), to, Optional.of(from)));
                }
            }
        }
        return Optional.empty();
    }

    private Move note(GroupId group, Optional<NodeId> add, Optional<NodeId> remove) {
        Move move = Move.waiting(group, add, remove);
        placement.put(group, move.after(placement.getOrDefault(group, List.of())));
        add.ifPresent(node -> load.merge(node, 1, Integer::sum));
        remove.ifPresent(node -> load.merge(node, -1, Integer::sum));
        return move;
    }

    /// The best node for one more replica: in a zone that has none, with the fewest replicas.
    private Optional<NodeId> best(List<NodeId> taken, List<NodeId> staying) {
        Set<String> zones = zones(staying);
        return takers.stream()
                .filter(node -> !taken.contains(node))
                .min(Comparator.comparing((NodeId node) -> zones.contains(zone(node)))
                        .thenComparingInt(this::loadOf)
                        .thenComparing(Comparator.naturalOrder()));
    }

    private int loadOf(NodeId node) {
        return load.getOrDefault(node, 0);
    }

    private Set<String> zones(List<NodeId> nodes) {
        Set<String> zones = new HashSet<>();
        nodes.stream().map(this::zone).filter(zone -> !zone.isEmpty()).forEach(zones::add);
        return zones;
    }

    private String zone(NodeId node) {
        return state.node(node).map(NodeEntry::zone).orElse("");
    }

    /// How many replicas each node would hold.
    public static Map<NodeId, Integer> loads(ClusterState state, List<Move> moves) {
        Map<NodeId, Integer> loads = new HashMap<>();
        state.members()
                .forEach(node -> loads.put(node.id(), state.held(node.id()).size()));
        for (Move move : moves) {
            move.add().ifPresent(node -> loads.merge(node, 1, Integer::sum));
            move.remove().ifPresent(node -> loads.merge(node, -1, Integer::sum));
        }
        return new TreeMap<>(loads);
    }
}
