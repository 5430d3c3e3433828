/// `parley bench`: pairs of users over real WebSockets, how fast that goes, and whether everything that was
/// acknowledged is there, once and in order, in the end.
@NullMarked
package dev.parley.cli.bench;

import org.jspecify.annotations.NullMarked;
