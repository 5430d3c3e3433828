/// Nodes that can be started, hurt and healed.
@NullMarked
package dev.parley.jepsen.cluster;

import org.jspecify.annotations.NullMarked;
