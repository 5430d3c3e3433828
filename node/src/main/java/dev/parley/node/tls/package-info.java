/// Certificates and keys of this node's ports: read from files, renewed while it runs, and whom they let in.
@NullMarked
package dev.parley.node.tls;

import org.jspecify.annotations.NullMarked;
