/// Which entity lives in which partition, and on which nodes.
@NullMarked
package dev.parley.node.placement;

import org.jspecify.annotations.NullMarked;
