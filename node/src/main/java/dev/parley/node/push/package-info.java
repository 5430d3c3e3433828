/// Push notifications: what is told to a device that has no live session, through the provider that reaches it.
@NullMarked
package dev.parley.node.push;

import org.jspecify.annotations.NullMarked;
