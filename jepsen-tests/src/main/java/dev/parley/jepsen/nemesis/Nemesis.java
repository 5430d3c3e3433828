package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.Recorder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Hurts a cluster again and again, with time to recover in between, and writes down when.
public final class Nemesis {

    private static final int QUIET_MILLIS = 6_000;
    private static final int HOLD_MILLIS = 8_000;

    private final List<Fault> faults;
    private final SplittableRandom random;
    private final CountDownLatch over = new CountDownLatch(1);

    Nemesis(List<Fault> faults, SplittableRandom random) {
        this.faults = List.copyOf(faults);
        this.random = random;
    }

    /// Goes on until [#end]; then every node runs, and every cable is whole.
    public void run(Cluster cluster, Recorder recorder) throws InterruptedException {
        recorder.nemesis("nemesis", Datum.texts(faults.stream().map(Fault::name).toList()), "begins");
        List<Fault> coming = new ArrayList<>();
        while (!pause(QUIET_MILLIS)) {
            if (coming.isEmpty()) {
                coming.addAll(faults);
                java.util.Collections.shuffle(coming, new java.util.Random(random.nextLong()));
            }
            Fault fault = coming.removeLast();
            Fault.Injected injected = fault.inject(cluster, random);
            recorder.nemesis(
                    "start-" + fault.name(),
                    Datum.vec(
                            Datum.word(injected.majorityLeft() ? "majority" : "no-majority"),
                            Datum.text(injected.targets())),
                    injected.proof());
            pause(HOLD_MILLIS);
            String proof = injected.heal().heal();
            recorder.nemesis("stop-" + fault.name(), Datum.vec(Datum.text(injected.targets())), proof);
            for (int node = 0; node < cluster.size(); node++) {
                cluster.awaitReady(node);
            }
        }
        recorder.nemesis("nemesis-ends", Datum.vec(), "all is healed");
    }

    public void end() {
        over.countDown();
    }

    /// Waits about so long, or until the end.
    private boolean pause(int aboutMillis) throws InterruptedException {
        return over.await(aboutMillis / 2 + random.nextInt(aboutMillis), TimeUnit.MILLISECONDS);
    }
}
