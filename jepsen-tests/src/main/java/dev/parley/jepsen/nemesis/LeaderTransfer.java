package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import java.util.SplittableRandom;

/// Has an administrator give every group another leader, again and again.
record LeaderTransfer() implements Fault {
    private static final int ROUNDS = 3;

    @Override
    public String name() {
        return "leader-transfer";
    }

    @Override
    public Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException {
        int moved = 0;
        for (int round = 0; round < ROUNDS; round++) {
            moved += cluster.moveLeaders(random);
        }
        return new Injected("all groups", true, moved == 0 ? "" : moved + " leaderships were handed over", () -> "");
    }
}
