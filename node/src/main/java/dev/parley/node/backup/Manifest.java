package dev.parley.node.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What one backup holds. Written last: a backup without it is none.
///
/// @param format of the manifest and of what it names
/// @param id the time at which it began
/// @param parent the backup whose files it shares; empty if it was taken without looking at another
/// @param version the release that it was taken from
/// @param newBytes stored for it alone when it was taken
record Manifest(
        int format,
        String id,
        Instant startedAt,
        Instant finishedAt,
        Optional<String> parent,
        String version,
        Cluster cluster,
        List<Group> groups,
        long newBytes) {

    /// The newest format that this code reads and writes.
    static final int FORMAT = 1;

    Manifest {
        groups = List.copyOf(groups);
    }

    /// Which cluster it is of.
    ///
    /// @param epoch of the data, see `hello`
    record Cluster(String name, String id, String epoch, int partitions) {}

    /// One partition.
    ///
    /// @param node which node it was read from
    /// @param term and `logIndex`: the last entry of the Raft log that it holds
    record Group(String name, String node, long term, long logIndex, List<File> files) {
        Group {
            files = List.copyOf(files);
        }

        long bytes() {
            return files.stream().mapToLong(File::bytes).sum();
        }
    }

    /// One file of a partition's tables.
    ///
    /// @param object under which its content is kept
    record File(String name, long bytes, String sha256, String object) {}

    long bytes() {
        return groups.stream().mapToLong(Group::bytes).sum();
    }
}
