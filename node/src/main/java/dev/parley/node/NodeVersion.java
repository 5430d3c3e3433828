package dev.parley.node;

import java.util.Objects;

/// Which build this is.
public final class NodeVersion {
    private NodeVersion() {}

    /// The version in the jar's manifest, or `(not packaged)` when run from class files.
    public static String current() {
        return Objects.requireNonNullElse(NodeVersion.class.getPackage().getImplementationVersion(), "(not packaged)");
    }
}
