package dev.parley.node.backup;

import java.io.IOException;
import java.util.List;

/// The cluster that is backed up.
interface BackupSource {

    /// What it is, and the names of its partitions.
    Overview overview();

    /// Opens a checkpoint of a partition, which holds all that was acknowledged before the call.
    Checkpoint open(String group) throws IOException;

    /// Which cluster it is.
    record Overview(Manifest.Cluster cluster, String version, List<String> groups) {
        public Overview {
            groups = List.copyOf(groups);
        }
    }

    /// A partition as it was at one entry of its log.
    interface Checkpoint extends AutoCloseable {

        /// What it holds; the objects are not named yet.
        Manifest.Group group();

        /// Some bytes of a file from an offset; empty at its end.
        byte[] read(String file, long offset) throws IOException;

        @Override
        void close();
    }
}
