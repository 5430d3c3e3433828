/// Web Push: encrypted notices to the push services of browsers (RFC 8030, 8291, 8292).
@NullMarked
package dev.parley.node.push.webpush;

import org.jspecify.annotations.NullMarked;
