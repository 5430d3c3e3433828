@NullMarked
package dev.parley.node.delivery;

import org.jspecify.annotations.NullMarked;
