package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.LedgerMachine;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SnapshotFetcher;
import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.rocks.RocksRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// One node of the tests, with a disk that can be told to fill up or to fail.
final class TestNode implements StorageDisk {
    static final RatisSettings.Tuning TUNING = new RatisSettings.Tuning(
            Duration.ofMillis(700),
            Duration.ofMillis(1400),
            8L << 20,
            20_000,
            Duration.ofMinutes(2),
            20_000,
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            2,
            new RocksRuntime.Sizes(8 << 20, 16 << 20, 1 << 20, 64 << 20));

    /// For a node that is alone: nobody's heartbeat can come late.
    static final RatisSettings.Tuning ALONE = snapshotsEvery(TUNING.snapshotEvery());

    final NodeId id;
    final Map<GroupId, LedgerMachine> machines = new ConcurrentHashMap<>();
    private final AtomicLong freeBytes = new AtomicLong(100L << 30);
    private volatile boolean forcingFails;

    TestNode(String name) {
        this.id = new NodeId(name);
    }

    RatisGroups<String> start(
            Path directory, Map<NodeId, String> peers, Map<GroupId, List<NodeId>> groups, Options options) {
        String address = peers.get(id);
        if (address == null) {
            throw new IllegalArgumentException("no address of " + id);
        }
        int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
        try {
            return new RatisGroups<>(new RatisSettings<>(
                    new RatisSettings.Place(id, "127.0.0.1", port, directory),
                    RatisSettings.Cluster.fixed(peers, groups, options.start),
                    options.limits,
                    new RatisSettings.Outside(Clock.systemUTC(), new Random(1), options.fetcher, this),
                    group -> {
                        LedgerMachine machine = new LedgerMachine();
                        machines.put(group, machine);
                        return machine;
                    },
                    options.tuning));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void diskLow(boolean low) {
        freeBytes.set(low ? 1000 : 100L << 30);
    }

    void forcingFails() {
        forcingFails = true;
    }

    @Override
    public long freeBytes(Path directory) {
        return freeBytes.get();
    }

    @Override
    public long totalBytes(Path directory) {
        return 200L << 30;
    }

    @Override
    public void forcing() throws IOException {
        if (forcingFails) {
            throw new IOException("fsync failed, as ordered");
        }
    }

    static RatisSettings.Tuning snapshotsEvery(Duration interval) {
        return new RatisSettings.Tuning(
                Duration.ofMillis(100),
                Duration.ofMillis(200),
                TUNING.segmentBytes(),
                TUNING.snapshotEntries(),
                interval,
                TUNING.keptEntries(),
                TUNING.writeTimeout(),
                TUNING.readTimeout(),
                TUNING.closeTimeout(),
                TUNING.readThreads(),
                TUNING.rocks());
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// How a node is started.
    record Options(
            RatisSettings.Start start, StorageLimits limits, SnapshotFetcher fetcher, RatisSettings.Tuning tuning) {
        static final Options DEFAULT = new Options(
                RatisSettings.Start.FOUND,
                new StorageLimits(1L << 20, 1, 16L << 20),
                (leader, group) -> {
                    throw new dev.parley.raftstorage.SnapshotException("no fetcher in this test");
                },
                TUNING);

        static final Options ALONE = DEFAULT.withTuning(TestNode.ALONE);

        Options withTuning(RatisSettings.Tuning tuning) {
            return new Options(start, limits, fetcher, tuning);
        }

        Options withLimits(StorageLimits limits) {
            return new Options(start, limits, fetcher, tuning);
        }

        Options withFetcher(SnapshotFetcher fetcher) {
            return new Options(start, limits, fetcher, tuning);
        }

        Options joining() {
            return new Options(RatisSettings.Start.JOIN, limits, fetcher, tuning);
        }
    }
}
