/// `parley dev`: a whole cluster on this machine, one process per node, for trying Parley and for developing on it.
@NullMarked
package dev.parley.cli.dev;

import org.jspecify.annotations.NullMarked;
