package dev.parley.raftstorage;

import java.util.regex.Pattern;

/// Names a Raft group, such as `p-003`. The Raft UUID is derived from the name (name-based UUID), so every node
/// agrees.
public record GroupId(String name) {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9-]{1,32}");

    public GroupId {
        if (!SHAPE.matcher(name).matches()) {
            throw new IllegalArgumentException("group name must match " + SHAPE + ": " + name);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
