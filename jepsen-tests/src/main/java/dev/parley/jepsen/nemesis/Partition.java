package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import dev.parley.jepsen.cluster.Links;
import dev.parley.jepsen.cluster.Links.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Cuts cables between nodes, or between clients and a node; packets vanish without a word.
record Partition(Shape shape) implements Fault {

    /// What is cut from what.
    enum Shape {
        /// One node from the others.
        ONE,
        /// The node that leads most from the others.
        LEADER,
        /// Two halves; the smaller has no majority.
        HALVES,
        /// Each node sees a majority, but no two the same: neighbours of a ring. Of three, every one loses
        /// another.
        RING,
        /// Two nodes see each other only through a third.
        BRIDGE,
        /// One node hears and is not heard.
        ONE_WAY,
        /// Clients from one node.
        CLIENTS
    }

    @Override
    public String name() {
        return "partition-" + shape.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException {
        Links links = cluster.links().orElseThrow();
        int one = shape == Shape.LEADER ? cluster.mostLeading() : random.nextInt(cluster.size());
        List<Way> ways = ways(cluster, one, random);
        long before = links.dropped();
        links.cut(ways);
        return new Injected(shape + " at " + cluster.id(one), true, "", () -> {
            long dropped = links.dropped() - before;
            links.heal();
            return dropped > 0 ? dropped + " packets dropped" : "";
        });
    }

    private List<Way> ways(Cluster cluster, int one, SplittableRandom random) {
        List<Way> ways = new ArrayList<>();
        int size = cluster.size();
        switch (shape) {
            case ONE, LEADER -> others(cluster, one).forEach(other -> both(ways, cluster.id(one), other));
            case HALVES -> {
                int smaller = (size - 1) / 2;
                for (int i = 0; i < smaller; i++) {
                    for (int j = smaller; j < size; j++) {
                        both(ways, cluster.id((one + i) % size), cluster.id((one + j) % size));
                    }
                }
            }
            // Of three nodes a ring without one edge is a bridge; of five each keeps two neighbours.
            case RING -> {
                for (int i = 0; i < size; i++) {
                    if (size > 3 || i == 0) {
                        both(ways, cluster.id((one + i) % size), cluster.id((one + i + size / 2) % size));
                    }
                }
            }
            case BRIDGE -> both(ways, cluster.id((one + 1) % size), cluster.id((one + 2) % size));
            case ONE_WAY -> others(cluster, one).forEach(other -> ways.add(new Way(cluster.id(one), other)));
            case CLIENTS -> {
                ways.add(new Way(Links.CLIENTS, cluster.id(one)));
                if (random.nextBoolean()) {
                    ways.add(new Way(cluster.id(one), Links.CLIENTS));
                }
            }
        }
        return ways;
    }

    private static List<String> others(Cluster cluster, int one) {
        List<String> others = new ArrayList<>();
        for (int i = 0; i < cluster.size(); i++) {
            if (i != one) {
                others.add(cluster.id(i));
            }
        }
        return others;
    }

    private static void both(List<Way> ways, String one, String other) {
        ways.add(new Way(one, other));
        ways.add(new Way(other, one));
    }
}
