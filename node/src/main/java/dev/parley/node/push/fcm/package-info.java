/// Firebase Cloud Messaging, the way to Android devices (HTTP v1).
@NullMarked
package dev.parley.node.push.fcm;

import org.jspecify.annotations.NullMarked;
