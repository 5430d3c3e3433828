package dev.parley.node.placement;

import dev.parley.raftstorage.GroupId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Maps entities (conversations and users) to partitions. The number of partitions never changes in a cluster's
/// life.
///
/// @param partitions 1 to 64 (design section 3)
public record Partitioning(int partitions) {
    /// The group that holds what the cluster knows of itself.
    public static final GroupId SYSTEM = new GroupId("system");

    private static final String PARTITION_ENTITY = "partition:";

    public Partitioning {
        if (partitions < 1 || partitions > 64) {
            throw new IllegalArgumentException("partitions must be 1 to 64: " + partitions);
        }
    }

    /// The partition of an entity: unsigned first 8 bytes of SHA-256(id) mod P; `partition:N` names partition N
    /// itself.
    public int partitionOf(String entityId) {
        if (entityId.startsWith(PARTITION_ENTITY)) {
            return Integer.parseInt(entityId.substring(PARTITION_ENTITY.length()));
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(entityId.getBytes(StandardCharsets.UTF_8));
            return (int) Long.remainderUnsigned(ByteBuffer.wrap(hash).getLong(), partitions);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// The partition of a Raft group.
    public static int partition(GroupId group) {
        return Integer.parseInt(group.name().substring("p-".length()));
    }

    /// The Raft group of a partition, such as `p-003`.
    public static GroupId group(int partition) {
        return new GroupId("p-%03d".formatted(partition));
    }
}
