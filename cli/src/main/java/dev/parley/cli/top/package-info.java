/// `parley top`: what the nodes of a cluster do now.
@NullMarked
package dev.parley.cli.top;

import org.jspecify.annotations.NullMarked;
