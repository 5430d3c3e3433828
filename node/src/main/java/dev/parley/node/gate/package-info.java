/// The request path: a command or query to the right group's leader, with retries within the deadline.
@NullMarked
package dev.parley.node.gate;

import org.jspecify.annotations.NullMarked;
