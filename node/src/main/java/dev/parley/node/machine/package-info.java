/// The replicated machine: decodes commands, lets the rules decide, and writes the events.
@NullMarked
package dev.parley.node.machine;

import org.jspecify.annotations.NullMarked;
