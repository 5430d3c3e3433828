/// From applied entries to the sessions that should see them: numbered per partition, in order, without a hole.
@NullMarked
package dev.parley.node.delivery;

import org.jspecify.annotations.NullMarked;
