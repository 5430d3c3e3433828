/// The server: assembles the parts, in order, and takes them down in reverse.
@NullMarked
package dev.parley.node;

import org.jspecify.annotations.NullMarked;
