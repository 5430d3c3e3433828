@NullMarked
package dev.parley.node.peer;

import org.jspecify.annotations.NullMarked;
