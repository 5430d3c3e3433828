/// What a cluster knows of itself: nodes, placement, jobs, join tokens; the rules of the `system` group, and
/// plans. No
/// I/O, no clock, no thread.
@NullMarked
package dev.parley.node.system;

import org.jspecify.annotations.NullMarked;
