/// The tables of each replica in a RocksDB of its own; the only package that knows RocksDB.
@NullMarked
package dev.parley.raftstorage.rocks;

import org.jspecify.annotations.NullMarked;
