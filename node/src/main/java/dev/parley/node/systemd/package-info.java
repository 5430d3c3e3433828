/// What the service manager (systemd) is told of the node: that it is ready, that it stops, that it is alive.
@NullMarked
package dev.parley.node.systemd;

import org.jspecify.annotations.NullMarked;
