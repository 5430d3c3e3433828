/// What hurts a cluster.
@NullMarked
package dev.parley.jepsen.nemesis;

import org.jspecify.annotations.NullMarked;
