package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import dev.parley.jepsen.cluster.Disks;
import dev.parley.jepsen.cluster.Syscalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A test of the checkers, not of Parley: every sync of a Raft log is answered with "done" and not done, then
/// the power of
/// all nodes is cut. Nobody can keep a promise then, so a run under this must be convicted of losses.
record LyingSync() implements Fault {

    private static final long WRITING_MILLIS = 6_000;

    @Override
    public String name() {
        return "red-lying-fsync";
    }

    @Override
    public Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException {
        Disks disks = cluster.disks().orElseThrow();
        List<Syscalls.Lie> lies = new ArrayList<>();
        for (int node = 0; node < cluster.size(); node++) {
            List<Path> logs = raftLogs(cluster.dataDirectory(node));
            lies.add(cluster.syscalls().orElseThrow().inject(node, SyncFault.SYNCS, "retval=0", logs));
        }
        boolean early = new CountDownLatch(1).await(WRITING_MILLIS, TimeUnit.MILLISECONDS);
        List<Integer> all = Target.ALL.choose(cluster, random);
        String proof = disks.powerCut(all);
        long told = 0;
        for (Syscalls.Lie lie : lies) {
            told += lie.end();
        }
        return new Injected(
                Target.names(cluster, all), early, told > 0 ? told + " syncs were not done; " + proof : "", () -> {
                    all.forEach(cluster::restart);
                    return "";
                });
    }

    private static List<Path> raftLogs(Path data) {
        try (Stream<Path> files = Files.walk(data.resolve("storage").resolve("raft"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("log_inprogress"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look for Raft logs in " + data, e);
        }
    }
}
