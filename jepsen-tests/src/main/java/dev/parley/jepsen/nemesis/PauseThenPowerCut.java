package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import dev.parley.jepsen.cluster.Disks;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One node stands still while the others write; then one of those loses its power, and the other stands still,
/// so that
/// the first and the cut one make a majority, which must still know what was acknowledged.
record PauseThenPowerCut() implements Fault {

    private static final long WRITING_MILLIS = 3_000;

    @Override
    public String name() {
        return "pause-then-power-cut";
    }

    @Override
    public Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException {
        Disks disks = cluster.disks().orElseThrow();
        int sleeper = random.nextInt(cluster.size());
        int cut = (sleeper + 1) % cluster.size();
        int witness = (sleeper + 2) % cluster.size();
        cluster.pause(sleeper);
        // Time for the other two to acknowledge messages that the sleeper has never seen.
        boolean interrupted = new CountDownLatch(1).await(WRITING_MILLIS, TimeUnit.MILLISECONDS);
        String proof = disks.powerCut(List.of(cut));
        cluster.pause(witness);
        cluster.resume(sleeper);
        cluster.restart(cut);
        String who = cluster.id(sleeper) + " slept, " + cluster.id(cut) + " was cut, " + cluster.id(witness) + " sleeps"
                + (interrupted ? " early" : "");
        return new Injected(who, false, proof, () -> {
            cluster.resume(witness);
            return "";
        });
    }
}
