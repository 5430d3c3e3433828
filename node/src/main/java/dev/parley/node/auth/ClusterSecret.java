package dev.parley.node.auth;

/// The bytes that only the nodes of the cluster know; all of its signing keys derive from them. Never shown.
public final class ClusterSecret {
    static final int BYTES_MIN = 32;

    private final byte[] bytes;

    /// A copy of the bytes.
    ///
    /// @throws IllegalArgumentException if they are fewer than 32
    public ClusterSecret(byte[] bytes) {
        if (bytes.length < BYTES_MIN) {
            throw new IllegalArgumentException(
                    "the cluster secret must have at least %d bytes, but has %d".formatted(BYTES_MIN, bytes.length));
        }
        this.bytes = bytes.clone();
    }

    byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return "ClusterSecret";
    }
}
