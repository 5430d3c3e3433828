@NullMarked
package dev.parley.node.system;

import org.jspecify.annotations.NullMarked;
