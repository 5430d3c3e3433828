/// The `system` group at work: what a node knows of its cluster, orders to other nodes, jobs that move
/// replicas.
@NullMarked
package dev.parley.node.cluster;

import org.jspecify.annotations.NullMarked;
