package dev.parley.node.cluster;

/// What became of an order to a node.
public sealed interface OrderOutcome {

    record Done() implements OrderOutcome {}

    /// Not done as far as is known; the next look at the replicas tells.
    record NotNow(String reason) implements OrderOutcome {}
}
