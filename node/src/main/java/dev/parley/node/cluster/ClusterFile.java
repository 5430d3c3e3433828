package dev.parley.node.cluster;

import dev.parley.node.log.ClusterCodec;
import dev.parley.node.log.UnknownCommandException;
import dev.parley.node.system.ClusterState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/// What a node knew of its cluster when it last ran, so that it finds the others although the `system` group
/// has no
/// leader yet: 4 bytes CRC-32C, then the state.
public record ClusterFile(Path path) {
    private static final String NAME = "cluster.state";

    /// In a node's data directory.
    public static ClusterFile in(Path directory) {
        return new ClusterFile(directory.resolve(NAME));
    }

    /// What the file says; empty if there is none.
    ///
    /// @throws IOException if it cannot be read, or is damaged
    public Optional<ClusterState> read() throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
        if (bytes.remaining() < Integer.BYTES) {
            throw damaged(null);
        }
        int sum = bytes.getInt();
        byte[] state = new byte[bytes.remaining()];
        bytes.get(state);
        if (sum != checksum(state)) {
            throw damaged(null);
        }
        try {
            return Optional.of(ClusterCodec.decode(state));
        } catch (UnknownCommandException e) {
            throw damaged(e);
        }
    }

    /// Replaces the file in one step.
    void write(ClusterState state) throws IOException {
        byte[] encoded = ClusterCodec.encode(state);
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + encoded.length)
                .putInt(checksum(encoded))
                .put(encoded)
                .flip();
        Path next = path.resolveSibling(NAME + ".next");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private IOException damaged(@org.jspecify.annotations.Nullable Throwable cause) {
        return new IOException(
                "the file " + path
                        + " is damaged; remove it, and the node asks the others (cluster.nodes must name one)",
                cause);
    }

    private static int checksum(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return (int) sum.getValue();
    }
}
