package dev.parley.node.push.lane;

import java.util.Optional;

/// Who need not be pushed, because a session of theirs is live. Thread-safe; does not block.
@FunctionalInterface
public interface LiveUsers {

    /// Whether the user has a live session on any node, as the leader of the user's partition knows it; empty
    /// while a new
    /// leader has not heard of everybody yet.
    Optional<Boolean> isLive(String userId);
}
