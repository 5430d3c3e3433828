/// Requests to push services over HTTPS, also to such that a client has named.
@NullMarked
package dev.parley.node.push.https;

import org.jspecify.annotations.NullMarked;
