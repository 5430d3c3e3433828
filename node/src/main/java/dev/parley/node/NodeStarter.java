package dev.parley.node;

import dev.parley.node.config.NodeConfig;

/// Brings up a node; [Main] closes what it gets when the process is asked to stop.
@FunctionalInterface
public interface NodeStarter {

    /// Starts a node and returns when it serves or waits for the other nodes.
    ///
    /// @param config checked
    /// @throws Exception if it cannot start; nothing of it runs then. The message of a
    ///     [dev.parley.node.config.StartupException] is for a person, anything else is a defect
    AutoCloseable start(NodeConfig config) throws Exception;
}
