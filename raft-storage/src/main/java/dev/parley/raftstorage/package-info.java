/// Many replicated groups: the contract that the node programs against. Nothing here names Ratis or RocksDB.
@NullMarked
package dev.parley.raftstorage;

import org.jspecify.annotations.NullMarked;
