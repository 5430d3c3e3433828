package dev.parley.raftstorage.memory;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotSession;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// A simulated checkpoint: one file that holds all rows.
final class MemorySnapshot implements SnapshotSession {
    private static final String FILE = "tables";
    private final Manifest manifest;
    private final byte[] bytes;

    private MemorySnapshot(Manifest manifest, byte[] bytes) {
        this.manifest = manifest;
        this.bytes = bytes;
    }

    static MemorySnapshot of(GroupId group, Replica<?> replica) {
        byte[] bytes = replica.durableTables().toBytes();
        File file = new File(FILE, bytes.length, sha256(bytes));
        return new MemorySnapshot(
                new Manifest(group, replica.durableTerm(), replica.durableIndex(), List.of(file)), bytes);
    }

    @Override
    public Manifest manifest() {
        return manifest;
    }

    @Override
    public byte[] read(String file, long offset, int length) throws SnapshotException {
        if (!file.equals(FILE)) {
            throw new SnapshotException("no such file in the checkpoint: " + file);
        }
        int from = Math.toIntExact(Math.min(offset, bytes.length));
        return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + length));
    }

    @Override
    public void close() {
        // The bytes are the collector's.
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
