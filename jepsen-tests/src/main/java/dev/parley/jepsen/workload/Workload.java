package dev.parley.jepsen.workload;

import dev.parley.jepsen.checker.Checker;
import java.util.List;
import java.util.concurrent.Callable;

/// What clients do during a run, and which checkers know what it must lead to.
public interface Workload {

    /// Makes users and conversations while all is well.
    ///
    /// @return what the clients do until the stage says that it is over; each runs on a thread of its own
    List<Callable<Void>> setUp(Stage stage) throws InterruptedException;

    /// Reads everything once more, when all faults are healed and nothing moves any more.
    void finish(Stage stage) throws InterruptedException;

    /// Those that this workload gives something to look at, besides the common ones.
    List<Checker> checkers();
}
