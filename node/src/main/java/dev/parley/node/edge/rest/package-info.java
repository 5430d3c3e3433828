/// The REST calls of the client protocol: from a request to a command or query, and from its answer to a reply.
@NullMarked
package dev.parley.node.edge.rest;

import org.jspecify.annotations.NullMarked;
