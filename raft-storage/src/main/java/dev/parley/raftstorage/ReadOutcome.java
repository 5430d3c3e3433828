package dev.parley.raftstorage;

import java.util.Optional;

/// What became of a read. A read that failed changed nothing.
public sealed interface ReadOutcome<T> {

    record Done<T>(T value) implements ReadOutcome<T> {}

    record NotLeader<T>(Optional<NodeId> leader) implements ReadOutcome<T> {}

    record Unavailable<T>(String reason) implements ReadOutcome<T> {}
}
