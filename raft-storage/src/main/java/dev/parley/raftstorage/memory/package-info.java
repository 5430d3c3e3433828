/// The replicated groups without disk, network, threads or real clock: for tests and seeded simulation.
@NullMarked
package dev.parley.raftstorage.memory;

import org.jspecify.annotations.NullMarked;
