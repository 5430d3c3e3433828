/// Whether the node may be sent work, why not, and its figures.
@NullMarked
package dev.parley.node.health;

import org.jspecify.annotations.NullMarked;
