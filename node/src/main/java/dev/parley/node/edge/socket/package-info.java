/// The WebSocket `/connect`: the handshake, strict frames of RFC 6455, and the connection under a session.
@NullMarked
package dev.parley.node.edge.socket;

import org.jspecify.annotations.NullMarked;
