package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import dev.parley.jepsen.cluster.Syscalls;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// One node's disk does not sync as it should. It is killed and started again afterwards: a node that was told
/// of an error
/// may rightly have stopped.
record SyncFault(Kind kind) implements Fault {

    /// What becomes of a sync.
    enum Kind {
        ERROR("error=EIO"),
        SLOW("delay_enter=300000");

        private final String how;

        Kind(String how) {
            this.how = how;
        }
    }

    static final String SYNCS = "fsync,fdatasync";

    @Override
    public String name() {
        return "fsync-" + kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException {
        int node = random.nextInt(cluster.size());
        Syscalls.Lie lie = cluster.syscalls().orElseThrow().inject(node, SYNCS, kind.how, List.of());
        return new Injected(cluster.id(node), Target.leavesMajority(cluster, List.of(node)), "", () -> {
            long lies = lie.end();
            cluster.kill(node);
            cluster.restart(node);
            return lies > 0 ? lies + " syncs were answered so" : "";
        });
    }
}
