/// Replicas that were set aside or lost with their disk, brought back from the other nodes.
@NullMarked
package dev.parley.node.repair;

import org.jspecify.annotations.NullMarked;
