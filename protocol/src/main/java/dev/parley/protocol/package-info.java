/// The contract between a client and a node: frames, REST bodies, problems and limits. Knows no JSON and no I/O.
@NullMarked
package dev.parley.protocol;

import org.jspecify.annotations.NullMarked;
