package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Kills processes (SIGKILL) and starts them again on the same disk.
record Kill(Target target) implements Fault {

    @Override
    public String name() {
        return "kill-" + target.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException {
        List<Integer> nodes = target.choose(cluster, random);
        for (int node : nodes) {
            cluster.kill(node);
        }
        boolean gone = nodes.stream().noneMatch(cluster::isAlive);
        return new Injected(
                Target.names(cluster, nodes),
                Target.leavesMajority(cluster, nodes),
                gone ? "the processes are gone" : "",
                () -> {
                    nodes.forEach(cluster::restart);
                    return "";
                });
    }
}
