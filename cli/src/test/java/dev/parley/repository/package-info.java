/// Checks of the repository as a whole: who may know whom, and what no source may hold.
@NullMarked
package dev.parley.repository;

import org.jspecify.annotations.NullMarked;
