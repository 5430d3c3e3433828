/// Apple Push Notification service, the way to Apple's devices (HTTP/2, through Pushy).
@NullMarked
package dev.parley.node.push.apns;

import org.jspecify.annotations.NullMarked;
