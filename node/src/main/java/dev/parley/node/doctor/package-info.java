/// Looks at a host and a configuration before a node is trusted to them, for `parley doctor`.
@NullMarked
package dev.parley.node.doctor;

import org.jspecify.annotations.NullMarked;
