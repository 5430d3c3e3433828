/// A simulated cluster with the real machine, driven by seeds; the invariants are named classes.
@NullMarked
package dev.parley.node.simulation;

import org.jspecify.annotations.NullMarked;
