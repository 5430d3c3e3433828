/// Ordered tables of bytes, as a replicated machine sees them.
@NullMarked
package dev.parley.raftstorage.table;

import org.jspecify.annotations.NullMarked;
