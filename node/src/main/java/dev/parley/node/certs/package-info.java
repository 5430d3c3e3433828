/// The certificate authority of a cluster, for `parley certs`.
@NullMarked
package dev.parley.node.certs;

import org.jspecify.annotations.NullMarked;
