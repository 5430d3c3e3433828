package dev.parley.node.system;

import dev.parley.chat.ChatAnswer;

/// The answer to a command to any group of a node.
public sealed interface GroupAnswer {

    /// Of a partition.
    record Chat(ChatAnswer answer) implements GroupAnswer {}

    /// Of the `system` group.
    record Cluster(ClusterAnswer answer) implements GroupAnswer {}
}
