/// Clusters of real node processes on this machine, to be hurt: the beginning of the fault harness.
@NullMarked
package dev.parley.jepsen;

import org.jspecify.annotations.NullMarked;
