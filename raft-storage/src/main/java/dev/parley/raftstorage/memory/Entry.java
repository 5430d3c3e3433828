package dev.parley.raftstorage.memory;

import java.util.List;

/// One entry of a simulated Raft log. Without commands it is the one a new leader begins its term with.
record Entry(long term, long index, long epochMillis, long entropy, List<byte[]> commands) {
    Entry {
        commands = List.copyOf(commands);
    }
}
