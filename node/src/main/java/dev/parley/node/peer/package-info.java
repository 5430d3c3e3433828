/// The channel between nodes: gRPC; the only importer of `io.grpc`.
@NullMarked
package dev.parley.node.peer;

import org.jspecify.annotations.NullMarked;
