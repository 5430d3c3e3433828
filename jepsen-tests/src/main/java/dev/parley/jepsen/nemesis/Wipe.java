package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// A node loses its disk: killed, all its files gone, started again; the others give it everything.
record Wipe() implements Fault {

    @Override
    public String name() {
        return "wipe";
    }

    @Override
    public Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException {
        int node = random.nextInt(cluster.size());
        // Who votes in the place of a lost disk must be whole: two lost disks of three are a lost majority.
        cluster.awaitWhole();
        cluster.kill(node);
        int files = delete(cluster.dataDirectory(node));
        return new Injected(cluster.id(node), true, files + " files are gone", () -> {
            cluster.restart(node);
            cluster.awaitReady(node);
            cluster.awaitWhole();
            return "";
        });
    }

    /// Deletes a folder, and returns how many files it had.
    static int delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            int files = 0;
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                files += Files.isRegularFile(path) ? 1 : 0;
                Files.delete(path);
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
