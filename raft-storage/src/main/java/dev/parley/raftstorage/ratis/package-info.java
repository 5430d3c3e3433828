/// The replicated groups on Apache Ratis; the only package that knows it.
@NullMarked
package dev.parley.raftstorage.ratis;

import org.jspecify.annotations.NullMarked;
