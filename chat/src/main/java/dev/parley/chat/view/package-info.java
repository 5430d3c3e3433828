/// What the rules may know of the replicated state: read-only interfaces and the values they hand out.
@NullMarked
package dev.parley.chat.view;

import org.jspecify.annotations.NullMarked;
