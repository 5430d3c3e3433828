@NullMarked
package dev.parley.node.presence;

import org.jspecify.annotations.NullMarked;
