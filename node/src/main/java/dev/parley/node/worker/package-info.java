/// Every long-lived thread of a node starts here: it has a name and somebody who hears when it fails.
@NullMarked
package dev.parley.node.worker;

import org.jspecify.annotations.NullMarked;
