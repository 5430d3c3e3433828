package dev.parley.node.doctor;

import dev.parley.node.config.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/// Whether the disk of a data directory keeps what it is given, soon enough, and has room.
public final class DiskChecks {
    private static final int WRITES = 200;
    private static final int WRITE_BYTES = 4_096;
    private static final Duration MEASURED_MAX = Duration.ofSeconds(20);
    private static final double WARN_MILLIS = 10;
    private static final double BAD_MILLIS = 50;

    /// Gone after a restart.
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

    /// A lock or a sync there means less than Raft and RocksDB take it for.
    private static final Set<String> OVER_NETWORK =
            Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "fuse.glusterfs");

    private static final String OF_CONTAINER = "overlay";

    /// Below which free space writes are refused.
    public record Room(long bytesMin, int percentMin) {}

    /// How long single synced writes took, in milliseconds.
    record Speed(int writes, double median, double high) {}

    private DiskChecks() {}

    /// All of them.
    ///
    /// @param directory the data directory, there or not
    public static List<Finding> all(Path directory, Room room) {
        Path place = existing(directory);
        List<Finding> findings = new ArrayList<>();
        try {
            FileStore store = Files.getFileStore(place);
            findings.add(fileSystem(store.type()));
            findings.add(space(store.getTotalSpace(), store.getUsableSpace(), room));
            findings.add(speed(measure(place), place));
        } catch (IOException e) {
            findings.add(Finding.bad(
                    "data directory",
                    "%s: %s".formatted(place, Reason.of(e)),
                    "run this as the node's user, or give the directory to it: chown -R parley " + place));
        }
        return findings;
    }

    /// The directory itself, or the nearest above it that is there: it will be made on the same disk.
    static Path existing(Path directory) {
        Path place = directory.toAbsolutePath().normalize();
        while (!Files.isDirectory(place)) {
            place = Objects.requireNonNull(place.getParent(), "a file system without a root");
        }
        return place;
    }

    static Finding fileSystem(String type) {
        if (IN_MEMORY.contains(type)) {
            return Finding.bad(
                    "file system", type, "put node.data-dir on a disk: this one is memory, and a restart empties it.");
        }
        if (OVER_NETWORK.contains(type)) {
            return Finding.bad(
                    "file system", type, "put node.data-dir on a local disk: sync and locks are no promise over it.");
        }
        return Finding.of(
                "file system",
                type,
                false,
                type.equals(OF_CONTAINER),
                "mount a volume at node.data-dir: this layer goes when the container is removed.");
    }

    static Finding space(long total, long free, Room room) {
        long bound = Math.max(room.bytesMin(), total / 100 * room.percentMin());
        return Finding.of(
                "free space",
                "%s of %s".formatted(HostChecks.size(free), HostChecks.size(total)),
                free < bound,
                free < 2 * bound,
                "make room: below %s writes are refused (storage.free-bytes-min, free-percent-min)."
                        .formatted(HostChecks.size(bound)));
    }

    static Finding speed(Speed speed, Path place) {
        return Finding.of(
                "disk speed",
                String.format(
                        Locale.ROOT,
                        "%d synced writes of 4 KB in %s: p50 %.2f ms, p99 %.2f ms",
                        speed.writes(),
                        place,
                        speed.median(),
                        speed.high()),
                speed.high() > BAD_MILLIS,
                speed.high() > WARN_MILLIS,
                "use a faster or less busy disk (SSD, NVMe): each acknowledged message waits for such syncs.");
    }

    /// Writes to a file that has no name for longer than a moment, so that nothing stays whatever happens.
    static Speed measure(Path directory) throws IOException {
        Path file = directory.resolve(".doctor-" + UUID.randomUUID());
        ByteBuffer block = ByteBuffer.allocateDirect(WRITE_BYTES);
        double[] millis = new double[WRITES];
        int done = 0;
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            long begin = System.nanoTime();
            while (done < WRITES && System.nanoTime() - begin < MEASURED_MAX.toNanos()) {
                block.clear();
                long before = System.nanoTime();
                while (block.hasRemaining()) {
                    channel.write(block);
                }
                channel.force(false);
                millis[done++] = (double) (System.nanoTime() - before) / 1_000_000;
            }
        }
        double[] sorted = Arrays.copyOf(millis, done);
        Arrays.sort(sorted);
        return new Speed(done, sorted[done / 2], sorted[Math.min(done - 1, done * 99 / 100)]);
    }
}
