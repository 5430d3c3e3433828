/// Live sessions of devices: what they are told, in order and bounded, and what they ask for. Knows no socket library.
@NullMarked
package dev.parley.node.session;

import org.jspecify.annotations.NullMarked;
