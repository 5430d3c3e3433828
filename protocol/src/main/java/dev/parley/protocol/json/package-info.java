/// Frames and bodies to bytes of JSON and back; the only place that knows Jackson.
@NullMarked
package dev.parley.protocol.json;

import org.jspecify.annotations.NullMarked;
