/// The client port: a web server with the REST calls and the WebSocket, its limits, and its orderly end.
@NullMarked
package dev.parley.node.edge;

import org.jspecify.annotations.NullMarked;
