package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import dev.parley.jepsen.cluster.Disks;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Cuts the power: processes die, and what they had not synced is gone from their disks.
record PowerCut(Target target) implements Fault {

    @Override
    public String name() {
        return "power-cut-" + target.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException {
        Disks disks = cluster.disks().orElseThrow();
        List<Integer> nodes = target.choose(cluster, random);
        String proof = disks.powerCut(nodes);
        return new Injected(Target.names(cluster, nodes), Target.leavesMajority(cluster, nodes), proof, () -> {
            nodes.forEach(cluster::restart);
            return "";
        });
    }
}
