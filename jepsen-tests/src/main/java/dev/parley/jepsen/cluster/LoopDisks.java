package dev.parley.jepsen.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A disk for each node: an ext4 file system in a file. A power cut stops the file system without flushing
/// anything, so
/// that only what was synced is in the file. `noauto_da_alloc` and `commit=300` keep the kernel from saving who
/// forgets to
/// sync.
final class LoopDisks implements Disks {

    private static final Path IMAGES = Path.of(Files.isDirectory(Path.of("/dev/shm")) ? "/dev/shm" : "/tmp");
    private static final String IMAGE = "pj-disk-";
    private static final String OPTIONS = "loop,commit=300,noauto_da_alloc";

    private final Path folder;
    private final List<Path> mounts = new ArrayList<>();

    /// How this stops and kills processes.
    private final Processes processes;

    /// What a power cut needs of the cluster.
    interface Processes {

        void pause(int index) throws InterruptedException;

        void kill(int index) throws InterruptedException;
    }

    private LoopDisks(Path folder, Processes processes) {
        this.folder = folder;
        this.processes = processes;
    }

    static LoopDisks make(Path folder, int nodes, Processes processes) throws InterruptedException {
        LoopDisks disks = new LoopDisks(folder, processes);
        try {
            for (int node = 0; node < nodes; node++) {
                Commands.run("truncate", "-s", "2G", image(node).toString());
                Commands.run("mkfs.ext4", "-q", "-F", image(node).toString());
                disks.mounts.add(Files.createDirectories(disks.folder.resolve(IMAGE + (node + 1))));
                disks.mountAgain(node);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make disks in " + folder, e);
        }
        return disks;
    }

    /// Unmounts and removes all disks that any run has left.
    static void clean() throws InterruptedException {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/mounts"))) {
                String[] words = line.split(" ", -1);
                if (words[1].contains("/" + IMAGE)) {
                    Commands.attempt("umount", words[1]);
                }
            }
            try (Stream<Path> files = Files.list(IMAGES)) {
                for (Path file : files.filter(
                                image -> image.getFileName().toString().startsWith(IMAGE))
                        .toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove old disks", e);
        }
    }

    @Override
    public String powerCut(List<Integer> nodes) throws InterruptedException {
        // First all stand still, so that nothing is acknowledged between the cut and the end of the process.
        for (int node : nodes) {
            processes.pause(node);
        }
        for (int node : nodes) {
            Native.shutDownFileSystem(mount(node));
        }
        StringBuilder proof = new StringBuilder();
        for (int node : nodes) {
            processes.kill(node);
            Commands.run("umount", mount(node).toString());
            String header = Commands.run("dumpe2fs", "-h", image(node).toString());
            if (header.contains("needs_recovery")) {
                proof.append("n").append(node + 1).append(" needed recovery ");
            }
            mountAgain(node);
        }
        return proof.toString().strip();
    }

    @Override
    public Path mount(int index) {
        return mounts.get(index);
    }

    @Override
    public void readOnly(int index) {
        remount(index, "ro");
    }

    @Override
    public void writable(int index) {
        remount(index, "rw");
    }

    private void remount(int index, String how) {
        try {
            Commands.run("mount", "-o", "remount," + how, mount(index).toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at a disk", e);
        }
    }

    private void mountAgain(int node) throws InterruptedException {
        Commands.run("mount", "-o", OPTIONS, image(node).toString(), mount(node).toString());
    }

    private static Path image(int node) {
        return IMAGES.resolve(IMAGE + (node + 1));
    }
}
