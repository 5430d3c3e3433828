/// A lean WebSocket client (RFC 6455) over plain sockets: one reading thread per connection and no hand-off between
/// the socket and the frame's handler, because a bench shares two cores with the servers that it measures.
@NullMarked
package dev.parley.client.socket;

import org.jspecify.annotations.NullMarked;
