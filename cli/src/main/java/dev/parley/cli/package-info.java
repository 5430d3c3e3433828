/// The command line `parley`: where a command starts, how it ends, and what is shown in between.
@NullMarked
package dev.parley.cli;

import org.jspecify.annotations.NullMarked;
