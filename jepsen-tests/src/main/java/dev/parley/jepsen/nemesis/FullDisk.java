package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import dev.parley.jepsen.cluster.Disks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/// One node's disk fills up to the last byte; room is made again and the node started anew.
record FullDisk() implements Fault {

    @Override
    public String name() {
        return "disk-full";
    }

    @Override
    public Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException {
        Disks disks = cluster.disks().orElseThrow();
        int node = random.nextInt(cluster.size());
        Path filler = disks.mount(node).resolve("filler");
        String proof = fill(filler);
        return new Injected(cluster.id(node), true, proof, () -> {
            empty(filler);
            cluster.kill(node);
            cluster.restart(node);
            return "";
        });
    }

    private static String fill(Path filler) {
        byte[] block = new byte[1 << 20];
        try (var out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            return "the disk said: " + e.getMessage();
        }
    }

    private static void empty(Path filler) {
        try {
            Files.delete(filler);
        } catch (IOException e) {
            throw new IllegalStateException("cannot make room again", e);
        }
    }
}
