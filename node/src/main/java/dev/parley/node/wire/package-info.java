/// The words of `chat` in the words of the client protocol: records to messages, refusals to problems.
@NullMarked
package dev.parley.node.wire;

import org.jspecify.annotations.NullMarked;
