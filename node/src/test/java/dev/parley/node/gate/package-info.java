@NullMarked
package dev.parley.node.gate;

import org.jspecify.annotations.NullMarked;
