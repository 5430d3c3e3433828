package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Stops processes in their tracks (SIGSTOP) and lets them go on, with old timers and old leases.
record Pause(Target target) implements Fault {

    @Override
    public String name() {
        return "pause-" + target.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException {
        List<Integer> nodes = target.choose(cluster, random);
        for (int node : nodes) {
            cluster.pause(node);
        }
        return new Injected(Target.names(cluster, nodes), Target.leavesMajority(cluster, nodes), "", () -> {
            boolean stood = nodes.stream().map(cluster::processState).allMatch("T"::equals);
            for (int node : nodes) {
                cluster.resume(node);
            }
            return stood ? "the kernel said T until the end" : "";
        });
    }
}
