package dev.parley.jepsen.cluster;

import java.nio.file.Path;
import java.util.List;

/// Each node's own disk.
public interface Disks {

    /// Cuts the power of nodes at one moment: they are dead, and what was not synced is gone. They are started
    /// by
    /// [Cluster#restart].
    ///
    /// @return what the file systems said when they were mounted again
    String powerCut(List<Integer> nodes) throws InterruptedException;

    /// Where a node's disk is mounted.
    Path mount(int index);

    /// Lets no more be written until [#writable].
    void readOnly(int index);

    void writable(int index);
}
