package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import java.util.SplittableRandom;

/// One way to hurt a cluster.
public interface Fault {

    String name();

    /// Does it.
    Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException;

    /// A fault that is there.
    ///
    /// @param targets who is hit, in words
    /// @param majorityLeft whether enough nodes are well to go on serving
    /// @param proof what shows that it bit; blank if that is known only when it is healed
    /// @param heal undoes it
    record Injected(String targets, boolean majorityLeft, String proof, Heal heal) {}

    /// Undoes a fault.
    interface Heal {

        /// Undoes it; what it returns shows that the fault bit, and is blank if nothing more does.
        String heal() throws InterruptedException;
    }
}
