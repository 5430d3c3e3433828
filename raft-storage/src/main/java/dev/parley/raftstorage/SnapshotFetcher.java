package dev.parley.raftstorage;

/// The way to another node's checkpoint; the node implements it over its own channel.
@FunctionalInterface
public interface SnapshotFetcher {

    /// Opens a checkpoint of the group on the node that leads it. Blocks.
    SnapshotSession open(NodeId leader, GroupId group) throws SnapshotException;
}
