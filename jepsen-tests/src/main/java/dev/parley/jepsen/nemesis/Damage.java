package dev.parley.jepsen.nemesis;

import dev.parley.jepsen.cluster.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// A node's disk returns wrong bytes: killed, one byte in the middle of one of its files turned, started again.
/// It must
/// find that out and be brought back by the others, or refuse to start; then it gets an empty disk.
record Damage(Kind kind) implements Fault {

    /// What is damaged.
    enum Kind {
        /// A segment of a Raft log.
        LOG("storage/raft", ".*/log_.*"),
        /// A table file of RocksDB. There is none before the first flush, so a short run proves nothing.
        TABLES("storage/tables", ".*\\.sst");

        private final String folder;
        private final String file;

        Kind(String folder, String file) {
            this.folder = folder;
            this.file = file;
        }
    }

    @Override
    public String name() {
        return "damage-" + kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Injected inject(Cluster cluster, SplittableRandom random) throws InterruptedException {
        int node = random.nextInt(cluster.size());
        cluster.awaitWhole();
        cluster.kill(node);
        Optional<Path> fullest = fullest(cluster.dataDirectory(node).resolve(kind.folder));
        String proof = fullest.map(file -> turn(file)).orElse("");
        return new Injected(cluster.id(node), true, proof, () -> {
            cluster.restart(node);
            String seen = "";
            try {
                cluster.awaitReady(node);
            } catch (IllegalStateException e) {
                // It refuses, which is right; its operator gives it an empty disk.
                seen = "it refused to start";
                cluster.kill(node);
                Wipe.delete(cluster.dataDirectory(node));
                cluster.restart(node);
                cluster.awaitReady(node);
            }
            cluster.awaitWhole();
            return seen;
        });
    }

    /// The file of the kind with most content. Some are preallocated, so sizes say nothing.
    private Optional<Path> fullest(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> files = all.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(kind.file))
                    .toList();
            Path best = null;
            int most = 0;
            for (Path file : files) {
                int content = contentBytes(file);
                if (content > most) {
                    most = content;
                    best = file;
                }
            }
            return Optional.ofNullable(best);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + folder, e);
        }
    }

    private static String turn(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            int middle = contentBytes(file) / 2;
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, middle);
            one.flip();
            channel.write(ByteBuffer.wrap(new byte[] {(byte) ~one.get()}), middle);
            return "byte %d of %s is another".formatted(middle, file.getFileName());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot damage " + file, e);
        }
    }

    private static int contentBytes(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }
}
