package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Which nodes a fault hits.
enum Target {
    ONE,
    MINORITY,
    LEADER,
    FOLLOWERS,
    ALL;

    /// The node that leads most partitions stands for the leader.
    List<Integer> choose(Cluster cluster, SplittableRandom random) throws InterruptedException {
        List<Integer> nodes =
                new ArrayList<>(IntStream.range(0, cluster.size()).boxed().toList());
        return switch (this) {
            case ONE -> List.of(random.nextInt(cluster.size()));
            case MINORITY -> {
                for (int i = nodes.size() - 1; i > 0; i--) {
                    java.util.Collections.swap(nodes, i, random.nextInt(i + 1));
                }
                yield List.copyOf(nodes.subList(0, (cluster.size() - 1) / 2));
            }
            case LEADER -> List.of(cluster.mostLeading());
            case FOLLOWERS -> {
                nodes.remove(Integer.valueOf(cluster.mostLeading()));
                yield List.copyOf(nodes);
            }
            case ALL -> List.copyOf(nodes);
        };
    }

    static boolean leavesMajority(Cluster cluster, List<Integer> hit) {
        return hit.size() <= (cluster.size() - 1) / 2;
    }

    static String names(Cluster cluster, List<Integer> nodes) {
        return nodes.stream().map(cluster::id).collect(Collectors.joining(" "));
    }
}
