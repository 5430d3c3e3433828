package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import java.util.SplittableRandom;

/// Stops every node in order and starts it again, one after the other, each when the one before is ready: what
/// an
/// upgrade does.
record RollingRestart() implements Fault {

    @Override
    public String name() {
        return "rolling-restart";
    }

    @Override
    public Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException {
        int first = random.nextInt(cluster.size());
        for (int i = 0; i < cluster.size(); i++) {
            int node = (first + i) % cluster.size();
            cluster.stop(node);
            cluster.restart(node);
            cluster.awaitReady(node);
        }
        return new Injected("all in turn", true, "each ended and came back", () -> "");
    }
}
