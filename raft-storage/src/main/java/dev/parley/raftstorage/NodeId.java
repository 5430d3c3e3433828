package dev.parley.raftstorage;

import java.util.regex.Pattern;

/// Names a node of the cluster, such as `n1`.
public record NodeId(String value) implements Comparable<NodeId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9-]{1,32}");

    public NodeId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("node id must match " + SHAPE + ": " + value);
        }
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
