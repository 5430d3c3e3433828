package dev.parley.node.system;

/// What became of a command to the `system` group.
public sealed interface ClusterAnswer {

    /// Carried out.
    ///
    /// @param number of the job that was begun, else 0
    record Done(long number) implements ClusterAnswer {}

    /// A rule said no; nothing happened.
    ///
    /// @param why one sentence for a person
    record Refused(String why) implements ClusterAnswer {}
}
