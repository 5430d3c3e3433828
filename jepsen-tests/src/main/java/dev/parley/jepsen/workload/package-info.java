/// What clients ask of a cluster while it is hurt.
@NullMarked
package dev.parley.jepsen.workload;

import org.jspecify.annotations.NullMarked;
