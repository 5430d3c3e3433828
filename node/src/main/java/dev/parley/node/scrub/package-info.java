/// Compares the replicas of a group: the same range of their tables, read at the same log index, must be the
/// same.
@NullMarked
package dev.parley.node.scrub;

import org.jspecify.annotations.NullMarked;
